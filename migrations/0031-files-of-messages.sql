-- Messages carry moving pictures, videos and documents too, several in one album. A GIF of before was sent as a still photo;
-- it is a moving picture from here on.
ALTER TABLE media DROP CONSTRAINT media_kind_check;
ALTER TABLE media ADD COLUMN duration_seconds double precision;
UPDATE media SET kind = 'animation' WHERE mime = 'image/gif';
ALTER TABLE media ADD CONSTRAINT media_kind_check CHECK (kind IN ('image', 'animation', 'video', 'document'));
