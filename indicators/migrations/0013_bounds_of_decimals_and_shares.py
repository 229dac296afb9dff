from django.db import migrations, models


def bring_within(apps, schema_editor):
    """More than four decimals are not kept of any value; a bound beyond 1 was typed as a percentage."""
    apps.get_model("indicators", "Indicator").objects.filter(decimals__gt=4).update(decimals=4)
    classes = apps.get_model("indicators", "ShareClass").objects
    classes.filter(models.Q(lower__gt=1) | models.Q(lower__lt=-1)).update(lower=models.F("lower") / 100)


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0012_sources_have_a_code"),
        ("programme", "0004_areas_have_a_place_in_a_chart"),
    ]

    operations = [
        migrations.AlterField(
            model_name="regimepoint",
            name="share",
            field=models.DecimalField(
                decimal_places=4, help_text="Van 0 tot en met 1: 0,25 is 25%.", max_digits=8, verbose_name="deel"
            ),
        ),
        migrations.AlterField(
            model_name="shareclass",
            name="lower",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Van -1 tot en met 1: 0,25 is 25%. Leeg bij de laagste klasse.",
                max_digits=8,
                null=True,
                verbose_name="vanaf",
            ),
        ),
        migrations.AlterField(
            model_name="target",
            name="reports_to",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Zo eindigt een streefwaarde. Een die in een gemaakt rapport telt, wordt niet verwijderd.",
                null=True,
                verbose_name="geldt tot en met het rapport over",
            ),
        ),
        migrations.AlterConstraint(
            model_name="regimepoint",
            name="regime_point_is_share",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gte", 0), ("share__lte", 1)),
                name="regime_point_is_share",
                violation_error_message="Het deel ligt tussen 0 en 1: 0,4 is 40%%.",
            ),
        ),
        migrations.RunPython(bring_within, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("decimals__range", (0, 4))),
                name="indicator_decimals_valid",
                violation_error_message="Het aantal decimalen is 0, 1, 2, 3 of 4.",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareclass",
            constraint=models.CheckConstraint(
                condition=models.Q(("lower", None), ("lower__range", (-1, 1)), _connector="OR"),
                name="share_class_lower_is_share",
                violation_error_message="Vanaf ligt tussen -1 en 1: 0,25 is 25%%.",
            ),
        ),
    ]
