"""What is missing in a graph of equipment, and what is wrong: proposals for a person, with confidence and evidence."""
