"""One module per audience: the partner, the bureau that reviews, and everybody who browses."""
