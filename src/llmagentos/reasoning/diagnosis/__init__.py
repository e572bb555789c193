"""What is wrong with a plant: readings against what is usual there, and the causes that explain what departs, ranked."""
