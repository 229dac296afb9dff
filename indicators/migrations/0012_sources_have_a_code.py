from django.db import migrations, models
from django.utils.text import slugify

import indicators.models

HELP = "In kleine letters, cijfers en streepjes. Een code ligt vast: zij is later niet te wijzigen."


def give_codes(apps, schema_editor):
    """Of the sources that ship, the code is made of the name as well: see base.json."""
    taken = set()
    for source in apps.get_model("indicators", "Source").objects.order_by("pk"):
        code = slugify(source.name)[:50] or "bron"
        source.code = code if code not in taken else f"{code}-{source.pk}"
        taken.add(source.code)
        source.save(update_fields=["code"])


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0011_rows_without_a_target_say_since_when"),
    ]

    operations = [
        migrations.AddField(
            model_name="source",
            name="code",
            field=models.SlugField(max_length=60, null=True, verbose_name="code", db_index=False),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="source",
            name="code",
            field=models.SlugField(help_text=HELP, max_length=60, unique=True, verbose_name="code"),
        ),
        migrations.AlterField(
            model_name="indicator",
            name="code",
            field=models.SlugField(
                help_text=HELP,
                max_length=60,
                unique=True,
                validators=[indicators.models.not_a_page_of_ours],
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="regime",
            name="code",
            field=models.SlugField(help_text=HELP, max_length=20, unique=True, verbose_name="code"),
        ),
        migrations.AlterField(
            model_name="table",
            name="code",
            field=models.SlugField(help_text=HELP, unique=True, verbose_name="code"),
        ),
    ]
