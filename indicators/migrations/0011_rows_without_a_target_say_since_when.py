import django.db.models.deletion
from django.db import migrations, models


def start_where_the_report_does(apps, schema_editor):
    """The table of goals compares since 2013/14, as it does for techniek; there are figures of 2012 too."""
    since = (
        apps.get_model("programme", "Period")
        .objects.filter(kind="school_year", start__year=2013, end__year=2014)
        .first()
    )
    if since:
        apps.get_model("indicators", "Indicator").objects.filter(code="vmbo-zorg", targets=None).update(
            start_period=since
        )


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0010_parts_may_have_to_add_up"),
        ("programme", "0004_areas_have_a_place_in_a_chart"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="start_period",
            field=models.ForeignKey(
                blank=True,
                help_text="Sinds wanneer een indicator zonder streefwaarde wordt vergeleken. Leeg: sinds de eerste"
                " meting.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programme.period",
                verbose_name="startperiode",
            ),
        ),
        migrations.RunPython(start_where_the_report_does, migrations.RunPython.noop),
    ]
