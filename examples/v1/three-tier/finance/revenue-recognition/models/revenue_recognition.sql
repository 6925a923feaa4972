select contract_id, month, amount / months as recognized
from {{ source('billing', 'contract_months') }}
