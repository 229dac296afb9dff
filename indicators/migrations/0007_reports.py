from django.db import migrations, models


def state_what_was_printed(apps, schema_editor):
    """What was printed is a report, where targets count in it: until now the newest was that of the last figure."""
    report, target, printed = (apps.get_model("indicators", name) for name in ("Report", "Target", "PrintedFigure"))
    first = target.objects.aggregate(first=models.Min("reports_from"))["first"]
    if first is not None:
        years = printed.objects.filter(report__gte=first).order_by("report").values_list("report", flat=True)
        report.objects.bulk_create(report(year=year) for year in years.distinct())


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0006_what_is_said_when_refused"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        error_messages={"unique": "Dit rapport is er al."},
                        help_text="Iedereen kan dit jaar kiezen. Het nieuwste rapport is wat iedereen het eerst ziet.",
                        unique=True,
                        verbose_name="rapport over",
                    ),
                ),
            ],
            options={
                "verbose_name": "effectrapportage",
                "verbose_name_plural": "effectrapportages",
                "ordering": ("-year",),
            },
        ),
        migrations.RunPython(state_what_was_printed, migrations.RunPython.noop),
    ]
