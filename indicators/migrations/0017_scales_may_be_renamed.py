from django.db import migrations, models


def remember_names(apps, schema_editor):
    """Until now what ships was found by its name."""
    apps.get_model("indicators", "Scale").objects.update(shipped_as=models.F("name"))


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0016_targets_stand_at_a_pijler"),
    ]

    operations = [
        migrations.AddField(
            model_name="scale",
            name="shipped_as",
            field=models.CharField(
                editable=False, max_length=80, null=True, unique=True, verbose_name="meegeleverd als"
            ),
        ),
        migrations.RunPython(remember_names, migrations.RunPython.noop),
    ]
