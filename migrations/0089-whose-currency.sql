-- Shops name no currency at a product. Whose prices these are, so that they follow the shop to the currency it turns out to sell in;
-- NULL: the currency was told with the price.
ALTER TABLE products ADD COLUMN currency_of uuid;
UPDATE products p SET currency_of = i.connector_id FROM shop_items i WHERE i.workspace_id = p.workspace_id AND i.product = p.external_id;
CREATE INDEX products_by_currency ON products (currency_of, currency) WHERE currency_of IS NOT NULL;
