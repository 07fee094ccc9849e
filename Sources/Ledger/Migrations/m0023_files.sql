-- A policy can consist of several files. Revisions from before stay as they are, with their one text and its hash.

ALTER TABLE policy_revisions
    ALTER COLUMN text DROP NOT NULL,
    -- In the order of their policies; names are what is left of the paths without the folder that all have in common.
    ADD COLUMN file_names text[],
    ADD COLUMN file_texts text[],
    ADD CONSTRAINT policy_revisions_texts CHECK (
        CASE WHEN text IS NOT NULL THEN file_names IS NULL AND file_texts IS NULL
            ELSE file_names IS NOT NULL AND file_texts IS NOT NULL AND cardinality(file_names) > 0
                AND cardinality(file_names) = cardinality(file_texts)
                AND array_position(file_names, NULL) IS NULL AND array_position(file_texts, NULL) IS NULL
        END
    );
