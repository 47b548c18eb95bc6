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

\getenv password PASSWORD_APPROVALS_VIEWS
SELECT format('CREATE ROLE approvals_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'approvals_views') \gexec
ALTER ROLE approvals_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS approvals_views AUTHORIZATION approvals_views;
REVOKE ALL ON SCHEMA approvals_views FROM PUBLIC;
ALTER ROLE approvals_views SET search_path = approvals_views;
ALTER ROLE approvals_views SET statement_timeout = '10s';
ALTER ROLE approvals_views SET lock_timeout = '5s';
ALTER ROLE approvals_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE approvals_views SET tcp_keepalives_idle = '10';
ALTER ROLE approvals_views SET tcp_keepalives_interval = '5';
ALTER ROLE approvals_views SET tcp_keepalives_count = '3';

\getenv password PASSWORD_ASSISTANT
SELECT format('CREATE ROLE assistant LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assistant') \gexec
ALTER ROLE assistant PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS assistant AUTHORIZATION assistant;
REVOKE ALL ON SCHEMA assistant FROM PUBLIC;
ALTER ROLE assistant SET search_path = assistant;

\getenv password PASSWORD_ASSISTANT_VIEWS
SELECT format('CREATE ROLE assistant_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assistant_views') \gexec
ALTER ROLE assistant_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS assistant_views AUTHORIZATION assistant_views;
REVOKE ALL ON SCHEMA assistant_views FROM PUBLIC;
ALTER ROLE assistant_views SET search_path = assistant_views;
ALTER ROLE assistant_views SET statement_timeout = '10s';
ALTER ROLE assistant_views SET lock_timeout = '5s';
ALTER ROLE assistant_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE assistant_views SET tcp_keepalives_idle = '10';
ALTER ROLE assistant_views SET tcp_keepalives_interval = '5';
ALTER ROLE assistant_views SET tcp_keepalives_count = '3';

\getenv password PASSWORD_BUDGETS
SELECT format('CREATE ROLE budgets LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'budgets') \gexec
ALTER ROLE budgets PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS budgets AUTHORIZATION budgets;
REVOKE ALL ON SCHEMA budgets FROM PUBLIC;
ALTER ROLE budgets SET search_path = budgets;

\getenv password PASSWORD_BUDGETS_VIEWS
SELECT format('CREATE ROLE budgets_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'budgets_views') \gexec
ALTER ROLE budgets_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS budgets_views AUTHORIZATION budgets_views;
REVOKE ALL ON SCHEMA budgets_views FROM PUBLIC;
ALTER ROLE budgets_views SET search_path = budgets_views;
ALTER ROLE budgets_views SET statement_timeout = '10s';
ALTER ROLE budgets_views SET lock_timeout = '5s';
ALTER ROLE budgets_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE budgets_views SET tcp_keepalives_idle = '10';
ALTER ROLE budgets_views SET tcp_keepalives_interval = '5';
ALTER ROLE budgets_views SET tcp_keepalives_count = '3';

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

\getenv password PASSWORD_INVOICES_VIEWS
SELECT format('CREATE ROLE invoices_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'invoices_views') \gexec
ALTER ROLE invoices_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS invoices_views AUTHORIZATION invoices_views;
REVOKE ALL ON SCHEMA invoices_views FROM PUBLIC;
ALTER ROLE invoices_views SET search_path = invoices_views;
ALTER ROLE invoices_views SET statement_timeout = '10s';
ALTER ROLE invoices_views SET lock_timeout = '5s';
ALTER ROLE invoices_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE invoices_views SET tcp_keepalives_idle = '10';
ALTER ROLE invoices_views SET tcp_keepalives_interval = '5';
ALTER ROLE invoices_views SET tcp_keepalives_count = '3';

\getenv password PASSWORD_MATCHING
SELECT format('CREATE ROLE matching LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'matching') \gexec
ALTER ROLE matching PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS matching AUTHORIZATION matching;
REVOKE ALL ON SCHEMA matching FROM PUBLIC;
ALTER ROLE matching SET search_path = matching;

\getenv password PASSWORD_MATCHING_VIEWS
SELECT format('CREATE ROLE matching_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'matching_views') \gexec
ALTER ROLE matching_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS matching_views AUTHORIZATION matching_views;
REVOKE ALL ON SCHEMA matching_views FROM PUBLIC;
ALTER ROLE matching_views SET search_path = matching_views;
ALTER ROLE matching_views SET statement_timeout = '10s';
ALTER ROLE matching_views SET lock_timeout = '5s';
ALTER ROLE matching_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE matching_views SET tcp_keepalives_idle = '10';
ALTER ROLE matching_views SET tcp_keepalives_interval = '5';
ALTER ROLE matching_views SET tcp_keepalives_count = '3';

\getenv password PASSWORD_PAYMENTS
SELECT format('CREATE ROLE payments LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments') \gexec
ALTER ROLE payments PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS payments AUTHORIZATION payments;
REVOKE ALL ON SCHEMA payments FROM PUBLIC;
ALTER ROLE payments SET search_path = payments;

\getenv password PASSWORD_PAYMENTS_VIEWS
SELECT format('CREATE ROLE payments_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'payments_views') \gexec
ALTER ROLE payments_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS payments_views AUTHORIZATION payments_views;
REVOKE ALL ON SCHEMA payments_views FROM PUBLIC;
ALTER ROLE payments_views SET search_path = payments_views;
ALTER ROLE payments_views SET statement_timeout = '10s';
ALTER ROLE payments_views SET lock_timeout = '5s';
ALTER ROLE payments_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE payments_views SET tcp_keepalives_idle = '10';
ALTER ROLE payments_views SET tcp_keepalives_interval = '5';
ALTER ROLE payments_views SET tcp_keepalives_count = '3';

\getenv password PASSWORD_SUPPLIERS
SELECT format('CREATE ROLE suppliers LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'suppliers') \gexec
ALTER ROLE suppliers PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS suppliers AUTHORIZATION suppliers;
REVOKE ALL ON SCHEMA suppliers FROM PUBLIC;
ALTER ROLE suppliers SET search_path = suppliers;

\getenv password PASSWORD_SUPPLIERS_VIEWS
SELECT format('CREATE ROLE suppliers_views LOGIN NOINHERIT CONNECTION LIMIT 60')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'suppliers_views') \gexec
ALTER ROLE suppliers_views PASSWORD :'password';
CREATE SCHEMA IF NOT EXISTS suppliers_views AUTHORIZATION suppliers_views;
REVOKE ALL ON SCHEMA suppliers_views FROM PUBLIC;
ALTER ROLE suppliers_views SET search_path = suppliers_views;
ALTER ROLE suppliers_views SET statement_timeout = '10s';
ALTER ROLE suppliers_views SET lock_timeout = '5s';
ALTER ROLE suppliers_views SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE suppliers_views SET tcp_keepalives_idle = '10';
ALTER ROLE suppliers_views SET tcp_keepalives_interval = '5';
ALTER ROLE suppliers_views SET tcp_keepalives_count = '3';
