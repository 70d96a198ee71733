"""The queries of demands and bills: set-based, because a billing run posts them by the thousand."""

from __future__ import annotations

from sqlalchemy import text

POST = text(
    """
WITH input AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:consumers AS uuid[]), CAST(:codes AS text[]), CAST(:payers AS uuid[]), CAST(:kinds AS text[]),
    CAST(:froms AS date[]), CAST(:tos AS date[]), CAST(:dues AS date[])) AS d(id, consumer_id, code, payer_id, kind, period_from, period_to, due_on)),
made AS (
  INSERT INTO demand (tenant_id, id, consumer_id, consumer_code, payer_id, kind, period_from, period_to, due_on, created_at)
  SELECT CAST(:tenant_id AS text), id, consumer_id, code, payer_id, kind, period_from, period_to, due_on, CAST(:now AS timestamptz) FROM input
  ON CONFLICT (tenant_id, consumer_id, period_from, kind) WHERE status = 'ACTIVE' DO NOTHING RETURNING id, consumer_id, period_from, due_on),
lines AS (
  INSERT INTO demand_line (tenant_id, id, demand_id, consumer_id, tax_head, sort, period_from, due_on, amount, calculation)
  SELECT CAST(:tenant_id AS text), l.id, l.demand_id, m.consumer_id, l.tax_head, l.sort, m.period_from, m.due_on, l.amount, l.calculation
  FROM unnest(CAST(:line_ids AS uuid[]), CAST(:line_demands AS uuid[]), CAST(:heads AS text[]), CAST(:sorts AS int[]), CAST(:amounts AS bigint[]), CAST(:calculations AS jsonb[]))
    AS l(id, demand_id, tax_head, sort, amount, calculation) JOIN made m ON m.id = l.demand_id)
SELECT consumer_id FROM made
"""
)

# Uses up advances on open lines, in the order of apportioning, for many connections at once.
USE_ADVANCES = text(
    """
WITH ahead AS (SELECT consumer_id, balance FROM advance WHERE tenant_id = :tenant_id AND consumer_id = ANY(:consumers) AND balance > 0 FOR UPDATE),
open AS (
  SELECT l.id, l.consumer_id, l.amount - l.paid AS due, a.balance,
    sum(l.amount - l.paid) OVER (PARTITION BY l.consumer_id ORDER BY l.period_from, l.amount, l.sort, l.id) - (l.amount - l.paid) AS before
  FROM demand_line l JOIN ahead a USING (consumer_id) WHERE l.tenant_id = :tenant_id AND l.paid < l.amount),
parts AS (SELECT id, consumer_id, least(due, greatest(balance - before, 0)) AS part FROM open),
paid AS (
  UPDATE demand_line l SET paid = l.paid + p.part, advance_paid = l.advance_paid + p.part FROM parts p WHERE l.tenant_id = :tenant_id AND l.id = p.id AND p.part > 0
  RETURNING l.consumer_id, p.part),
used AS (SELECT consumer_id, sum(part) AS amount FROM paid GROUP BY consumer_id),
less AS (UPDATE advance a SET balance = a.balance - u.amount FROM used u WHERE a.tenant_id = :tenant_id AND a.consumer_id = u.consumer_id)
INSERT INTO advance_entry (tenant_id, id, consumer_id, amount, cause, at)
SELECT :tenant_id, gen_random_uuid(), consumer_id, -amount, 'used', CAST(:now AS timestamptz) FROM used
"""
)

ADD_ADVANCE = text(
    """
WITH sum AS (
  INSERT INTO advance AS a (tenant_id, consumer_id, balance) VALUES (:tenant_id, :consumer_id, :amount)
  ON CONFLICT (tenant_id, consumer_id) DO UPDATE SET balance = a.balance + excluded.balance)
INSERT INTO advance_entry (tenant_id, id, consumer_id, amount, cause, cause_id, at) VALUES (:tenant_id, :id, :consumer_id, :amount, :cause, :cause_id, :now)
"""
)

DUES = text(
    """
SELECT c.id AS consumer_id, coalesce(sum(l.amount - l.paid), 0) AS due, coalesce(min(a.balance), 0) AS advance
FROM unnest(CAST(:consumers AS uuid[])) AS c(id)
LEFT JOIN demand_line l ON l.consumer_id = c.id AND l.paid < l.amount AND l.tenant_id = ANY(:tenants)
LEFT JOIN advance a ON a.consumer_id = c.id AND a.tenant_id = ANY(:tenants) GROUP BY c.id
"""
)

OPEN_LINES = text(
    """SELECT id, period_from, tax_head, sort, amount, amount - paid AS due FROM demand_line
       WHERE tenant_id = :tenant_id AND consumer_id = :consumer_id AND paid < amount FOR UPDATE"""
)

PAY_LINES = text(
    """
WITH parts AS (SELECT * FROM unnest(CAST(:lines AS uuid[]), CAST(:amounts AS bigint[])) AS p(id, amount)),
paid AS (UPDATE demand_line l SET paid = l.paid + p.amount FROM parts p WHERE l.tenant_id = :tenant_id AND l.id = p.id)
INSERT INTO allocation (tenant_id, payment_id, line_id, amount) SELECT :tenant_id, :payment_id, id, amount FROM parts
"""
)

# What a bill of now would hold: every line still open, with the part an advance paid shown on its own.
_OPEN_NOW = """
  SELECT l.consumer_id, sum(l.amount - l.paid) AS total, max(l.period_from) AS newest, max(l.due_on) AS due_on,
    md5(string_agg(l.id::text || ':' || (l.amount - l.paid)::text, ',' ORDER BY l.id)) AS open_hash,
    jsonb_agg(jsonb_build_object('tax_head', l.tax_head, 'amount', l.amount - l.paid + l.advance_paid, 'period_from', l.period_from, 'advance', l.advance_paid)
      ORDER BY l.period_from, l.sort, l.id) AS lines
  FROM demand_line l WHERE l.tenant_id = :tenant_id AND l.consumer_id = ANY(:consumers) AND l.paid < l.amount GROUP BY l.consumer_id"""

BILL_STATE = text(
    f"""
WITH now AS ({_OPEN_NOW})
SELECT c.id AS consumer_id, n.total AS open_total, n.open_hash AS now_hash, coalesce(a.balance, 0) AS advance,
  b.id, b.bill_no, b.total, b.period, b.due_on, b.lines, b.open_hash, b.issued_at
FROM unnest(CAST(:consumers AS uuid[])) AS c(id) LEFT JOIN now n ON n.consumer_id = c.id
LEFT JOIN bill b ON b.tenant_id = :tenant_id AND b.consumer_id = c.id AND b.status = 'CURRENT'
LEFT JOIN advance a ON a.tenant_id = :tenant_id AND a.consumer_id = c.id
"""
)

SUPERSEDE = text(
    """UPDATE bill SET status = CASE WHEN EXISTS (SELECT 1 FROM demand_line l WHERE l.tenant_id = bill.tenant_id AND l.consumer_id = bill.consumer_id AND l.paid < l.amount)
         THEN 'SUPERSEDED' ELSE 'PAID' END
       WHERE tenant_id = :tenant_id AND consumer_id = ANY(:consumers) AND status = 'CURRENT'"""
)

ISSUE = text(
    f"""
WITH now AS ({_OPEN_NOW}), numbered AS (SELECT n.*, row_number() OVER (ORDER BY consumer_id) AS place FROM now n)
INSERT INTO bill (tenant_id, id, consumer_id, bill_no, total, period, due_on, lines, open_hash, issued_at)
SELECT :tenant_id, i.id, n.consumer_id, i.bill_no, n.total, to_char(n.newest, 'YYYY-MM'), n.due_on, n.lines, n.open_hash, CAST(:now AS timestamptz)
FROM numbered n JOIN unnest(CAST(:ids AS uuid[]), CAST(:numbers AS text[])) WITH ORDINALITY AS i(id, bill_no, place) USING (place)
RETURNING id, consumer_id, bill_no, total, period, due_on, lines, issued_at
"""
)

OPEN_CONSUMERS = text("SELECT DISTINCT consumer_id FROM demand_line WHERE tenant_id = :tenant_id AND consumer_id = ANY(:consumers) AND paid < amount")

EXPLAIN = text(
    """SELECT tax_head, period_from, amount, paid, advance_paid, calculation FROM demand_line
       WHERE tenant_id = :tenant_id AND consumer_id = :consumer_id AND paid < amount ORDER BY period_from, sort, id"""
)
