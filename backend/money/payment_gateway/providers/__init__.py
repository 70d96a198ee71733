"""Payment providers: one file each, behind one Protocol."""
