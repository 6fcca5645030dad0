-- WhatsApp takes a message that is no approved template only within 24 hours of the person's last one
-- (conversations.last_inbound_at): the run knows whether its message asks for it.
ALTER TABLE runs ADD COLUMN needs_window boolean NOT NULL DEFAULT false;
