-- What a scan could not find out about environments, as whoever ended it was told; the others who read it say so, too.
-- NULL: it has no end, or is from before.
ALTER TABLE scans ADD COLUMN notes jsonb CONSTRAINT scans_notes CHECK (jsonb_typeof(notes) = 'array');
