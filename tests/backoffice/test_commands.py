"""What the commands of manage.py have in common."""

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db.migrations.executor import MigrationExecutor

from backoffice.commands import DataCommand

OURS = {name: app for name, app in get_commands().items() if app in ("accounts", "interventions", "indicators")}
ARGUMENTS = {
    "create_beheerder": ["bea@bureau.test"],
    "export_round": ["2023", "--output=weg.xlsx"],
    "import_plan": ["weg.xlsx", "--year=2023"],
    "load_demo": ["--stage=open"],
    "export_indicators": ["2023", "--output=weg.xlsx"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OURS))
def test_database_that_is_not_migrated_is_said_with_what_to_do(monkeypatch, name):
    assert isinstance(load_command_class(OURS[name], name), DataCommand)
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *args: ["the first of all"])

    with pytest.raises(CommandError, match=r"nog niet ingericht\. Voer eerst 'manage.py migrate' uit\."):
        call_command(name, *ARGUMENTS.get(name, []))
