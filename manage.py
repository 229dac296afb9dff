#!/usr/bin/env python
import sys

from nprz_site import development

if __name__ == "__main__":
    development.set_defaults()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
