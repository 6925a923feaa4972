select
    customers.customer_id,
    customers.name,
    count(orders.order_id) as orders,
    sum(orders.amount) as revenue
from {{ ref('stg_customers') }} as customers
left join {{ ref('stg_orders') }} as orders using (customer_id)
group by customers.customer_id, customers.name
