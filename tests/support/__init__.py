"""What tests share and is no test: rigs, invented vendors, transcribed contracts, folders of another day."""
