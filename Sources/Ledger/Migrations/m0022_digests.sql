-- Of the judgement behind a verdict, so that an unchanged one is known without reading its trace.
ALTER TABLE verdicts ADD COLUMN digest bytea CONSTRAINT verdicts_digest CHECK (length(digest) = 32);

-- By name alone, which is how people ask for one, and page by page, as the program compares texts.
CREATE INDEX environments_by_name ON environments (name COLLATE "C", space COLLATE "C", incarnation);
