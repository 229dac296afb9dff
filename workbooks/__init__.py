"""Excel in, whatever is in it: opened safely, read cell by cell, and kept until it is taken over. And out, so that it
can be read in again.

What a sheet says and what that changes is for the rooms above.
"""
