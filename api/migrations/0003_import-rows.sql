ALTER TABLE `import_row` ADD `customer_key` varchar(500) NOT NULL;--> statement-breakpoint
ALTER TABLE `import_row` ADD `due_id` binary(16);--> statement-breakpoint
ALTER TABLE `import` ADD `overdue` int DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `import_row_customer` ON `import_row` (`import_id`,`status`,`customer_key`,`row_number`);