"""One module per audience: the beheerder, who keeps people and organisations, and everybody about themselves."""
