# ruff: noqa: E501
"""Exports as the platforms write them: real headers, invented people."""

from __future__ import annotations

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
    "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,"
    "Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,"
    "Shipping City,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,"
    "Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Phone\n"
    "#1003,ann@example.com,paid,2024-01-05 13:02:11 +0800,fulfilled,,yes,USD,38.00,5.00,0.00,43.00,"
    "SPRING,2.00,Standard,2024-01-05 13:01:58 +0800,2,Green tea,9.00,,TEA-1,true,true,fulfilled,Ann Li,,,,,Paris,,IDF,FR,+33123,Ann Li,Paris,,,,card,x,10.00,Shop,0.00,,,,555,,Low,web,0.00,,,\n"
    "#1003,ann@example.com,,,,,,,,,,,,,,2024-01-05 13:01:58 +0800,1,Cup,20.00,,CUP-1,true,true,fulfilled,,,,,,,,,,,,,,,,,,,Shop,,,,,,,,,0.00,,,\n"
    "#1002,bob@example.com,pending,,,,no,USD,9.00,0.00,0.00,9.00,,0.00,,2024-01-04 09:00:00 +0800,1,Green tea,9.00,,TEA-1,true,true,pending,Bob,,,,,,,,,,Bob,,,,,,,0.00,Shop,0.00,,,,554,,Low,pos,0.00,,,\n"
    "#1001,ann@example.com,voided,,,,no,USD,9.00,0.00,0.00,9.00,,0.00,,2024-01-03 09:00:00 +0800,1,Green tea,9.00,,TEA-1,true,true,pending,Ann Li,,,,,,,,,,,,,,2024-01-03 10:00:00 +0800,,,0.00,Shop,0.00,,,,553,,Low,web,0.00,,,\n"
)

WOO_ADVANCED = (
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Company (Billing),Address 1&2 (Billing),"
    "City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),Email (Billing),Phone (Billing),Payment Method Title,"
    "Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,Order Total Amount,"
    "Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code,Discount Amount\n"
    "1201,Completed,2024-01-05 13:02,,Ann,Li,,,Paris,IDF,,FR,ann@example.com,123,Card,0,29,Flat,5,4,34,0,TEA-1,1,Tea,1,9,,0\n"
    "1201,Completed,2024-01-05 13:02,,Ann,Li,,,Paris,IDF,,FR,ann@example.com,123,Card,0,29,Flat,5,4,34,0,CUP-1,2,Cup,1,20,,0\n"
    "1202,On hold,2024-01-06 10:00,,Bob,Wu,,,Rome,RM,,IT,bob@example.com,124,Bank,0,9,,0,0,9,0,TEA-1,1,Tea,1,9,HELLO,1\n"
    "1203,Refunded,2024-01-07 10:00,,Bob,Wu,,,Rome,RM,,IT,bob@example.com,124,Bank,0,9,,0,9,9,0,TEA-1,1,Tea,1,9,,0\n"
)

WOO_CSV_EXPORT = (
    "order_id,order_number,date,status,shipping_total,shipping_tax_total,fee_total,tax_total,discount_total,order_total,refunded_total,"
    "order_currency,payment_method,shipping_method,customer_id,billing_first_name,billing_last_name,billing_email,billing_phone,billing_city,billing_state,coupon_items\n"
    "1201,1201,2024-01-05 13:02:00,completed,5,0,0,0,0,34,4,EUR,card,flat,7,Ann,Li,ann@example.com,123,Paris,IDF,\n"
    "1202,1202,2024-01-06 10:00:00,on-hold,0,0,0,0,1,9,0,EUR,bank,,8,Bob,Wu,bob@example.com,124,Rome,RM,HELLO\n"
)

WOO_ANALYTICS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution\n"
    "2024-01-05 13:02:00,1201,€34.00,completed,Ann Li,new,1× Tea,2,,34.00,Direct\n"
    "2024-01-06 10:00:00,1202,€9.00,pending,Bob Wu,returning,1× Tea,1,HELLO,9.00,Organic\n"
)

TAOBAO = (
    "订单编号,买家会员名,买家支付宝账号,支付单号,支付详情,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,"
    "收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,订单关闭原因,"
    "卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,退款金额\n"
    '"=""3001001""",小王,x@y.z,2024,x,34.00,0.00,0,34.00,0,34.00,0,交易成功,,王芳,浙江省 杭州市,快递,,\'13800000001,2024-01-05 13:02:11,2024-01-05 13:03:00,绿茶 ，茶杯,2,No:1,中通,,2,1,茶小店,,'
    "0,0,,手机订单,,,,,否,,,,,4.00\n"
    '"=""3001002""",小李,x@y.z,2025,x,9.00,0.00,0,9.00,0,0.00,0,等待买家付款,,李雷,北京 北京市,快递,,\'13800000002,2024-01-06 10:00:00,,绿茶,1,,,,1,1,茶小店,,0,0,,,,,,,否,,,,,0.00\n'
    '"=""3001003""",小王,x@y.z,2026,x,9.00,0.00,0,9.00,0,0.00,0,交易关闭,,王芳,浙江省 杭州市,快递,,\'13800000001,2024-01-07 10:00:00,,绿茶,1,,,,1,1,茶小店,买家不想要了,0,0,,,,,,,否,,,,,0.00\n'
)

TAOBAO_ITEMS = (
    "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
    '"=""3001001""",绿茶,14.00,1,T1,规格:大,,,交易成功,T1\n"=""3001001""",茶杯,24.00,1,T2,,,,交易成功,T2\n'
    '"=""3001002""",绿茶,9.00,1,T1,,,,等待买家付款,T1\n"=""3001003""",绿茶,9.00,1,T1,,,,交易关闭,T1\n'
)

JD = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,商家备注等级,运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道,仓库ID,仓库名称\n"
    "80001,11,绿茶,2,在线支付,2024-01-05 13:02:11,10.00,45.00,45.00,0,43.00,完成,普通,jd_wang,王芳,杭州,138,,,,,,0,2.00,2024-01-05 13:03:00,,T1,2024-01-09,移动端,京东,1,杭州仓\n"
    "80001,12,茶杯,1,在线支付,2024-01-05 13:02:11,25.00,45.00,45.00,0,43.00,完成,普通,jd_wang,王芳,杭州,138,,,,,,0,2.00,2024-01-05 13:03:00,,T2,2024-01-09,移动端,京东,1,杭州仓\n"
    "80002,11,绿茶,1,在线支付,2024-01-06 10:00:00,10.00,10.00,10.00,0,10.00,(删除)等待付款,普通,jd_li,李雷,北京,139,,,,,,0,0.00,,,T1,,PC,京东,1,杭州仓\n"
    "80003,11,绿茶,1,在线支付,2024-01-07 10:00:00,10.00,10.00,10.00,0,10.00,等待付款,普通,jd_li,李雷,北京,139,,,,,,0,0.00,,,T1,,PC,京东,1,杭州仓\n"
)

YOUZAN = (
    "订单号,订单类型,订单状态,全部商品名称,商品种类数,订单创建时间,买家付款时间,商品金额合计,订单应付金额,订单实付金额,订单已退款金额,归属店铺,买家姓名,买家手机号,收货人/提货人,收货人手机号/提货人手机号,收货人省份,收货人城市,买家备注,商家订单备注\n"
    "E2024010501,普通订单,交易完成,绿茶;茶杯,2,2024-01-05 13:02:11,2024-01-05 13:03:00,36.00,34.00,34.00,4.00,总店,王芳,13800000001,王芳,13800000001,浙江省,杭州市,,\n"
    "E2024010602,普通订单,待付款,绿茶,1,2024-01-06 10:00:00,,9.00,9.00,0.00,0.00,总店,李雷,13800000002,李雷,13800000002,北京市,北京市,,\n"
    "E2024010703,普通订单,已关闭,绿茶,1,2024-01-07 10:00:00,,9.00,9.00,0.00,0.00,总店,王芳,13800000001,王芳,13800000001,浙江省,杭州市,,\n"
)

WEIDIAN = (
    "订单编号,订单状态,下单时间,付款时间,发货时间,商品名称,商品编码,型号,商品数量,商品单价,运费,订单总价,订单实际收款金额,退款金额,收件人姓名,收件人手机,省,市,区,收货详细地址,快递公司,快递单号,备注\n"
    "9001,已完成,2024-01-05 13:02:11,2024-01-05 13:03:00,,绿茶,T1,大,1,14,0,36,34,4,王芳,13800000001,浙江省,杭州市,西湖区,x,中通,1,\n"
    "9001,已完成,2024-01-05 13:02:11,2024-01-05 13:03:00,,茶杯,T2,,1,22,0,36,34,4,王芳,13800000001,浙江省,杭州市,西湖区,x,中通,1,\n"
    "9002,待付款,2024-01-06 10:00:00,,,绿茶,T1,大,1,9,0,9,0,0,李雷,13800000002,北京市,北京市,,x,,,\n"
)

ONLINE_RETAIL = (
    "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
    '489434,85048,"15CM CHRISTMAS GLASS BALL 20 LIGHTS",12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom\n'
    '489434,22041,"RECORD FRAME 7"" SINGLE SIZE ",48,2009-12-01 07:45:00,2.1,13085.0,United Kingdom\n'
    "C489449,22087,PAPER BUNTING WHITE LACE,-12,2009-12-01 10:33:00,2.95,16321.0,Australia\n"
    "489597,22130,PARTY CONE CHRISTMAS DECORATION,1,2009-12-01 14:28:00,1.66,,United Kingdom\n"
    "A506401,B,Adjust bad debt,1,2010-04-29 13:36:00,-53594.36,,United Kingdom\n"
)

ONLINE_RETAIL_NO_INVOICE = (
    "Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
    "WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom\n"
    "WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom\n"
)
