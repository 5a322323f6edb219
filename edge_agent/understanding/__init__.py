"""What was meant: from names, said or misheard, to calls that are each about one device."""
