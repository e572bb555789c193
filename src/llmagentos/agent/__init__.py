"""From words and a snapshot to a proposal, a question, a refusal or an answer. The choice is the model's; code offers
what is legal and says afterwards what it means here."""
