-- Made by `finnest render` from the manifests; do not edit.
\set ON_ERROR_STOP on
REVOKE ALL ON SCHEMA public FROM PUBLIC;

\getenv password PASSWORD_APPROVALS
SELECT format('CREATE ROLE approvals LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'approvals') \gexec
ALTER ROLE approvals PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS approvals AUTHORIZATION approvals;
REVOKE ALL ON SCHEMA approvals FROM PUBLIC;
ALTER ROLE approvals SET search_path = approvals;

\getenv password PASSWORD_ASSISTANT
SELECT format('CREATE ROLE assistant LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assistant') \gexec
ALTER ROLE assistant PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS assistant AUTHORIZATION assistant;
REVOKE ALL ON SCHEMA assistant FROM PUBLIC;
ALTER ROLE assistant SET search_path = assistant;

\getenv password PASSWORD_BUDGETS
SELECT format('CREATE ROLE budgets LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'budgets') \gexec
ALTER ROLE budgets PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS budgets AUTHORIZATION budgets;
REVOKE ALL ON SCHEMA budgets FROM PUBLIC;
ALTER ROLE budgets SET search_path = budgets;

\getenv password PASSWORD_GATEWAY
SELECT format('CREATE ROLE gateway LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gateway') \gexec
ALTER ROLE gateway PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS gateway AUTHORIZATION gateway;
REVOKE ALL ON SCHEMA gateway FROM PUBLIC;
ALTER ROLE gateway SET search_path = gateway;

\getenv password PASSWORD_INVOICES
SELECT format('CREATE ROLE invoices LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'invoices') \gexec
ALTER ROLE invoices PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS invoices AUTHORIZATION invoices;
REVOKE ALL ON SCHEMA invoices FROM PUBLIC;
ALTER ROLE invoices SET search_path = invoices;

\getenv password PASSWORD_MATCHING
SELECT format('CREATE ROLE matching LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'matching') \gexec
ALTER ROLE matching PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS matching AUTHORIZATION matching;
REVOKE ALL ON SCHEMA matching FROM PUBLIC;
ALTER ROLE matching SET search_path = matching;

\getenv password PASSWORD_PAYMENTS
SELECT format('CREATE ROLE payments LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments') \gexec
ALTER ROLE payments PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS payments AUTHORIZATION payments;
REVOKE ALL ON SCHEMA payments FROM PUBLIC;
ALTER ROLE payments SET search_path = payments;

\getenv password PASSWORD_SUPPLIERS
SELECT format('CREATE ROLE suppliers LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'suppliers') \gexec
ALTER ROLE suppliers PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS suppliers AUTHORIZATION suppliers;
REVOKE ALL ON SCHEMA suppliers FROM PUBLIC;
ALTER ROLE suppliers SET search_path = suppliers;
