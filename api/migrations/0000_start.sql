CREATE TABLE `attempt` (
	`subject` varchar(128) NOT NULL,
	`failures` int NOT NULL,
	`last_at` datetime(6) NOT NULL,
	CONSTRAINT `attempt_subject` PRIMARY KEY(`subject`)
);
--> statement-breakpoint
CREATE TABLE `refresh_token` (
	`hash` varchar(64) NOT NULL,
	`session_id` binary(16) NOT NULL,
	`created_at` datetime(6) NOT NULL,
	`used_at` datetime(6),
	CONSTRAINT `refresh_token_hash` PRIMARY KEY(`hash`)
);
--> statement-breakpoint
CREATE TABLE `session` (
	`id` binary(16) NOT NULL,
	`staff_id` binary(16) NOT NULL,
	`created_at` datetime(6) NOT NULL,
	`seen_at` datetime(6) NOT NULL,
	`expires_at` datetime(6) NOT NULL,
	`ended_at` datetime(6),
	`user_agent` varchar(300) NOT NULL,
	CONSTRAINT `session_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `staff` (
	`id` binary(16) NOT NULL,
	`name` varchar(120) NOT NULL,
	`email` varchar(254) character set utf8mb4 collate utf8mb4_0900_as_ci NOT NULL,
	`password_hash` varchar(255) NOT NULL,
	`role` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`status` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`first` boolean,
	`created_at` datetime(6) NOT NULL,
	CONSTRAINT `staff_id` PRIMARY KEY(`id`),
	CONSTRAINT `staff_email` UNIQUE(`email`),
	CONSTRAINT `staff_first` UNIQUE(`first`)
);
--> statement-breakpoint
CREATE TABLE `company` (
	`id` int NOT NULL,
	`name` varchar(120) NOT NULL,
	`currency` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`time_zone` varchar(64) NOT NULL,
	`locale` varchar(35) NOT NULL,
	`payment_terms_days` int NOT NULL,
	CONSTRAINT `company_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `counter` (
	`name` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`value` bigint NOT NULL,
	CONSTRAINT `counter_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `contact` (
	`customer_id` binary(16) NOT NULL,
	`position` int NOT NULL,
	`kind` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`value` varchar(500) NOT NULL,
	CONSTRAINT `contact_customer_id_position_pk` PRIMARY KEY(`customer_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `customer` (
	`id` binary(16) NOT NULL,
	`number` varchar(40) character set utf8mb4 collate utf8mb4_0900_as_ci NOT NULL,
	`name` varchar(200) NOT NULL,
	`note` varchar(2000),
	`currency` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`outstanding` bigint NOT NULL DEFAULT 0,
	`credit` bigint NOT NULL DEFAULT 0,
	`next_due_date` date,
	`last_payment_on` date,
	`has_dues` tinyint NOT NULL DEFAULT 0,
	`archived_at` datetime(6),
	`archive_reason` varchar(500),
	`version` int NOT NULL DEFAULT 1,
	`revision` int NOT NULL DEFAULT 1,
	`search_text` varchar(4000) NOT NULL,
	`created_at` datetime(6) NOT NULL,
	`updated_at` datetime(6) NOT NULL,
	`outstanding_rank` decimal(24,0) GENERATED ALWAYS AS ((cast(outstanding as decimal(24,0)) * case when currency in ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','VND','VUV','XAF','XOF','XPF') then 10000 when currency in ('BHD','IQD','JOD','KWD','LYD','OMR','TND') then 10 when currency in ('CLF','UYW') then 1 else 100 end)) VIRTUAL,
	`live` tinyint GENERATED ALWAYS AS ((if(archived_at is null, 1, 0))) VIRTUAL,
	`due_ascending` date GENERATED ALWAYS AS ((coalesce(next_due_date, '9999-12-31'))) VIRTUAL,
	`due_descending` date GENERATED ALWAYS AS ((coalesce(next_due_date, '1000-01-01'))) VIRTUAL,
	`paid_ascending` date GENERATED ALWAYS AS ((coalesce(last_payment_on, '9999-12-31'))) VIRTUAL,
	`paid_descending` date GENERATED ALWAYS AS ((coalesce(last_payment_on, '1000-01-01'))) VIRTUAL,
	CONSTRAINT `customer_id` PRIMARY KEY(`id`),
	CONSTRAINT `customer_number` UNIQUE(`number`),
	CONSTRAINT `customer_owes_or_has` CHECK(outstanding >= 0 and credit >= 0 and (outstanding = 0 or credit = 0))
);
--> statement-breakpoint
CREATE TABLE `audit` (
	`id` binary(16) NOT NULL,
	`at` datetime(6) NOT NULL,
	`actor_id` binary(16),
	`actor_name` varchar(200) NOT NULL,
	`request_id` varchar(64) NOT NULL,
	`action` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`customer_id` binary(16),
	`subject_id` binary(16),
	`changes` mediumtext NOT NULL,
	CONSTRAINT `audit_id_pk` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `event` (
	`id` binary(16) NOT NULL,
	`number` bigint,
	`type` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`at` datetime(6) NOT NULL,
	`actor_id` binary(16),
	`actor_name` varchar(200) NOT NULL,
	`customer_id` binary(16),
	`payment_id` binary(16),
	`import_id` binary(16),
	`facts` mediumtext NOT NULL,
	CONSTRAINT `event_id` PRIMARY KEY(`id`),
	CONSTRAINT `event_number` UNIQUE(`number`)
);
--> statement-breakpoint
CREATE TABLE `reaction` (
	`name` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`position` bigint NOT NULL,
	`failures` int NOT NULL DEFAULT 0,
	`next_try_at` datetime(6) NOT NULL,
	`last_error` varchar(500),
	CONSTRAINT `reaction_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `relay` (
	`id` int NOT NULL,
	`last_number` bigint NOT NULL,
	CONSTRAINT `relay_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `import_row` (
	`import_id` binary(16) NOT NULL,
	`row_number` int NOT NULL,
	`status` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`cells` mediumtext NOT NULL,
	`faults` mediumtext NOT NULL,
	`customer_key` varchar(500) NOT NULL,
	`customer_id` binary(16),
	`due_id` binary(16),
	CONSTRAINT `import_row_import_id_row_number_pk` PRIMARY KEY(`import_id`,`row_number`)
);
--> statement-breakpoint
CREATE TABLE `import` (
	`id` binary(16) NOT NULL,
	`file_name` varchar(255) NOT NULL,
	`status` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`sheet` varchar(255) NOT NULL,
	`header_row` int NOT NULL,
	`columns_found` mediumtext NOT NULL,
	`asks` mediumtext NOT NULL,
	`known` varchar(32) character set ascii collate ascii_bin,
	`total_rows` int NOT NULL,
	`overdue` int NOT NULL DEFAULT 0,
	`uploaded_by_id` binary(16),
	`uploaded_by` varchar(200) NOT NULL,
	`uploaded_at` datetime(6) NOT NULL,
	`finished_at` datetime(6),
	CONSTRAINT `import_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `allocation` (
	`id` binary(16) NOT NULL,
	`payment_id` binary(16) NOT NULL,
	`due_id` binary(16) NOT NULL,
	`amount` bigint NOT NULL,
	`at` datetime(6) NOT NULL,
	CONSTRAINT `allocation_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `due` (
	`id` binary(16) NOT NULL,
	`customer_id` binary(16) NOT NULL,
	`reference` varchar(60) character set utf8mb4 collate utf8mb4_0900_as_ci NOT NULL,
	`currency` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`amount` bigint NOT NULL,
	`outstanding` bigint NOT NULL,
	`issued_on` date NOT NULL,
	`due_date` date NOT NULL,
	`cancelled_at` datetime(6),
	`announced` tinyint NOT NULL DEFAULT 0,
	`created_at` datetime(6) NOT NULL,
	`settled` tinyint GENERATED ALWAYS AS ((if(outstanding = 0 or cancelled_at is not null, 1, 0))) VIRTUAL,
	`announce_after` date GENERATED ALWAYS AS ((if(outstanding > 0 and cancelled_at is null and announced = 0, due_date, null))) VIRTUAL,
	CONSTRAINT `due_id` PRIMARY KEY(`id`),
	CONSTRAINT `due_reference` UNIQUE(`customer_id`,`reference`),
	CONSTRAINT `due_amounts` CHECK(amount > 0 and outstanding >= 0 and outstanding <= amount)
);
--> statement-breakpoint
CREATE TABLE `overdue_announcement` (
	`due_id` binary(16) NOT NULL,
	`due_date` date NOT NULL,
	`at` datetime(6) NOT NULL,
	CONSTRAINT `overdue_announcement_due_id_due_date_pk` PRIMARY KEY(`due_id`,`due_date`)
);
--> statement-breakpoint
CREATE TABLE `payment` (
	`id` binary(16) NOT NULL,
	`customer_id` binary(16) NOT NULL,
	`request_key` binary(16),
	`currency` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`amount` bigint NOT NULL,
	`allocated` bigint NOT NULL DEFAULT 0,
	`state` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`method` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`source` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`reference` varchar(100),
	`received_on` date NOT NULL,
	`recorded_at` datetime(6) NOT NULL,
	`recorded_by_id` binary(16),
	`recorded_by` varchar(200) NOT NULL,
	CONSTRAINT `payment_id` PRIMARY KEY(`id`),
	CONSTRAINT `payment_request_key` UNIQUE(`request_key`),
	CONSTRAINT `payment_amounts` CHECK(amount > 0 and allocated >= 0 and allocated <= amount and (allocated = 0 or state = 'COMPLETED'))
);
--> statement-breakpoint
CREATE TABLE `notification` (
	`id` binary(16) NOT NULL,
	`number` bigint NOT NULL,
	`origin` varchar(80) NOT NULL,
	`type` varchar(32) character set ascii collate ascii_bin NOT NULL,
	`admins_only` tinyint NOT NULL,
	`at` datetime(6) NOT NULL,
	`actor_id` binary(16),
	`actor_name` varchar(200) NOT NULL,
	`subject` varchar(200) NOT NULL,
	`amount` varchar(24),
	`currency` varchar(32) character set ascii collate ascii_bin,
	`things` int NOT NULL DEFAULT 1,
	`customer_id` binary(16),
	`payment_id` binary(16),
	`import_id` binary(16),
	CONSTRAINT `notification_id` PRIMARY KEY(`id`),
	CONSTRAINT `notification_number` UNIQUE(`number`),
	CONSTRAINT `notification_origin` UNIQUE(`origin`)
);
--> statement-breakpoint
CREATE TABLE `notification_read` (
	`staff_id` binary(16) NOT NULL,
	`number` bigint NOT NULL,
	CONSTRAINT `notification_read_staff_id_number_pk` PRIMARY KEY(`staff_id`,`number`)
);
--> statement-breakpoint
CREATE TABLE `notification_reader` (
	`staff_id` binary(16) NOT NULL,
	`read_up_to` bigint NOT NULL,
	CONSTRAINT `notification_reader_staff_id` PRIMARY KEY(`staff_id`)
);
--> statement-breakpoint
ALTER TABLE `refresh_token` ADD CONSTRAINT `refresh_token_session_id_session_id_fk` FOREIGN KEY (`session_id`) REFERENCES `session`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `session` ADD CONSTRAINT `session_staff_id_staff_id_fk` FOREIGN KEY (`staff_id`) REFERENCES `staff`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `contact` ADD CONSTRAINT `contact_customer_id_customer_id_fk` FOREIGN KEY (`customer_id`) REFERENCES `customer`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `import_row` ADD CONSTRAINT `import_row_import_id_import_id_fk` FOREIGN KEY (`import_id`) REFERENCES `import`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `allocation` ADD CONSTRAINT `allocation_payment_id_payment_id_fk` FOREIGN KEY (`payment_id`) REFERENCES `payment`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `allocation` ADD CONSTRAINT `allocation_due_id_due_id_fk` FOREIGN KEY (`due_id`) REFERENCES `due`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `due` ADD CONSTRAINT `due_customer_id_customer_id_fk` FOREIGN KEY (`customer_id`) REFERENCES `customer`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `overdue_announcement` ADD CONSTRAINT `overdue_announcement_due_id_due_id_fk` FOREIGN KEY (`due_id`) REFERENCES `due`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `payment` ADD CONSTRAINT `payment_customer_id_customer_id_fk` FOREIGN KEY (`customer_id`) REFERENCES `customer`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `attempt_last` ON `attempt` (`last_at`);--> statement-breakpoint
CREATE INDEX `refresh_token_session` ON `refresh_token` (`session_id`);--> statement-breakpoint
CREATE INDEX `session_staff` ON `session` (`staff_id`,`ended_at`);--> statement-breakpoint
CREATE INDEX `contact_value` ON `contact` (`kind`,`value`);--> statement-breakpoint
CREATE INDEX `customer_by_number` ON `customer` (`live`,`number`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_name` ON `customer` (`live`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_outstanding` ON `customer` (`live`,`outstanding_rank`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_due` ON `customer` (`live`,`due_ascending`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_due_descending` ON `customer` (`live`,`due_descending`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_paid` ON `customer` (`live`,`paid_ascending`,`id`);--> statement-breakpoint
CREATE INDEX `customer_by_paid_descending` ON `customer` (`live`,`paid_descending`,`id`);--> statement-breakpoint
CREATE INDEX `audit_customer` ON `audit` (`customer_id`,`id`);--> statement-breakpoint
CREATE INDEX `import_row_status` ON `import_row` (`import_id`,`status`,`row_number`);--> statement-breakpoint
CREATE INDEX `import_row_customer` ON `import_row` (`import_id`,`status`,`customer_key`,`row_number`);--> statement-breakpoint
CREATE INDEX `import_uploaded` ON `import` (`uploaded_at`,`id`);--> statement-breakpoint
CREATE INDEX `import_status` ON `import` (`status`);--> statement-breakpoint
CREATE INDEX `allocation_of_payment` ON `allocation` (`payment_id`,`due_id`,`amount`);--> statement-breakpoint
CREATE INDEX `allocation_of_due` ON `allocation` (`due_id`,`amount`);--> statement-breakpoint
CREATE INDEX `due_of_customer` ON `due` (`customer_id`,`settled`,`due_date`,`id`);--> statement-breakpoint
CREATE INDEX `due_announce_after` ON `due` (`announce_after`,`customer_id`);--> statement-breakpoint
CREATE INDEX `payment_by_day` ON `payment` (`received_on`,`id`);--> statement-breakpoint
CREATE INDEX `payment_by_state` ON `payment` (`state`,`received_on`,`id`);--> statement-breakpoint
CREATE INDEX `payment_of_customer` ON `payment` (`customer_id`,`received_on`,`id`);--> statement-breakpoint
CREATE INDEX `payment_of_customer_by_state` ON `payment` (`customer_id`,`state`,`received_on`,`id`);--> statement-breakpoint
CREATE INDEX `payment_reference` ON `payment` (`reference`);--> statement-breakpoint
CREATE INDEX `notification_type` ON `notification` (`type`,`number`);