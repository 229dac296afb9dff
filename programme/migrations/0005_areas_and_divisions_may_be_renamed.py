from django.db import migrations, models


def remember_names(apps, schema_editor):
    """Until now what ships was found by its name."""
    for name in ("Area", "Division"):
        apps.get_model("programme", name).objects.update(shipped_as=models.F("name"))


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0004_areas_have_a_place_in_a_chart"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="shipped_as",
                field=models.CharField(
                    editable=False, max_length=80, null=True, unique=True, verbose_name="meegeleverd als"
                ),
            )
            for name in ("area", "division")
        ),
        migrations.RunPython(remember_names, migrations.RunPython.noop),
    ]
