-- Every word of a name is to be found, "de" and "The" too; the setting counts at the moment the index is made.
SET SESSION innodb_ft_enable_stopword = OFF;
--> statement-breakpoint
CREATE FULLTEXT INDEX `customer_words` ON `customer` (`search_text`);
