"""Tools, the gate that every action crosses, and the journal."""
