"""Workbooks that go out: their looks, how texts fit in their cells, and the file itself."""
