import django.db.models.deletion
from django.db import migrations, models


def place_as_printed(apps, schema_editor):
    """The report has the old target of this indicator at Werk and the new one at Thuisbasis."""
    pillars = {one.abbreviation: one for one in apps.get_model("programme", "Pillar").objects.all()}
    targets = apps.get_model("indicators", "Target").objects.filter(indicator__code="kinderen-110", as_printed=True)
    for regime, pillar in (("a", "W"), ("b", "T")):
        of_indicator = targets.filter(indicator__pillars__abbreviation=pillar, regime__code=regime)
        of_indicator.update(pillar=pillars.get(pillar))


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0015_figures_that_ship_are_of_no_plan"),
        ("programme", "0004_areas_have_a_place_in_a_chart"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="pillar",
            field=models.ForeignKey(
                blank=True,
                help_text="De pijler waarbij zij staat, als de indicator bij meer pijlers hoort. Leeg: bij al die"
                " pijlers.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.pillar",
                verbose_name="pijler",
            ),
        ),
        migrations.RunPython(place_as_printed, migrations.RunPython.noop),
    ]
