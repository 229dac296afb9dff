from django.db import migrations, models

WHOLES = ("doorstroming-in-vo", "doorstroming-uit-vo", "doorstroming-in-mbo", "doorstroming-uit-mbo")
REASON = "Dit getal stond niet in het gedrukte rapport. Het totaal wordt nu uit de richtingen berekend."


def take_out_what_was_never_measured(apps, schema_editor):
    """The totals of doorstroming came along as measurements of 100; those that nobody touched go, and say so."""
    models = {name: apps.get_model("indicators", name) for name in ("Indicator", "Measurement", "MeasurementEvent")}
    models["Indicator"].objects.filter(code__in=WHOLES, parts_add_up_to=None).update(parts_add_up_to=100)
    made_up = models["Measurement"].objects.filter(
        indicator__code__in=WHOLES, value=100, version=1, remark__startswith="alle richtingen samen zijn per definitie"
    )
    events = models["MeasurementEvent"].objects
    for one in made_up:
        place = {key: getattr(one, f"{key}_id") for key in ("indicator", "area", "period", "source")}
        if not events.filter(**place).exclude(way_in="plan").exists():
            events.create(
                **{f"{key}_id": pk for key, pk in place.items()}, was=f"100. {one.remark}", reason=REASON, way_in="plan"
            )
            one.delete()


def say_the_source_once(apps, schema_editor):
    apps.get_model("indicators", "Indicator").objects.filter(
        code="indicatie-in-ve", source_note="ve-monitor en basisregistratie personen; bewerking OBI."
    ).update(source_note="Samen met de basisregistratie personen; bewerking OBI.")


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0009_regimes_say_their_path_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="parts_add_up_to",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Wat de delen samen moeten zijn, zoals 100 bij een verdeling in procenten. Is hun som anders,"
                " dan staat dat erbij. Leeg: de som mag alles zijn.",
                max_digits=18,
                null=True,
                verbose_name="delen tellen op tot",
            ),
        ),
        migrations.RunPython(take_out_what_was_never_measured, migrations.RunPython.noop),
        migrations.RunPython(say_the_source_once, migrations.RunPython.noop),
    ]
