"""Commands of manage.py that work with the data of an installation."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class DataCommand(BaseCommand):
    """A command that needs the tables: where they are not there, or not those of this version, it says what to do."""

    def execute(self, *args, **options):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("De database is nog niet ingericht. Voer eerst 'manage.py migrate' uit.")
        return super().execute(*args, **options)
