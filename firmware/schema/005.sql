-- How often the cabinet's door was opened and the mains was lost.
INSERT INTO meta (name, value) VALUES ('doors', 0), ('power_cuts', 0);
