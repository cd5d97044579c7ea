//! What a change in the middle of a period costs, line by line.
//!
//! Each case derives its cents: the amount of a whole period, times the seconds left, over the seconds of the period,
//! rounded to the nearest cent with halves away from zero. The first number is the credit, the second the charge.

use jiff::Timestamp;
use serde_json::Value;
use stripe_sandbox::SandboxOptions;

use crate::support::{DAY, Stripe};

struct Case {
    /// When the subscription begins.
    start: &'static str,
    /// The unit of its period and how many of them.
    period: (&'static str, i64),
    /// Cents of the price and how many, before and after.
    from: (i64, i64),
    to: (i64, i64),
    /// Seconds from the start to the change.
    elapsed: i64,
    /// Cents credited and charged.
    lines: [i64; 2],
}

#[rustfmt::skip]
const CASES: [Case; 36] = [
    // Half of a month of 30 days.
    // 1_000 × 1_296_000 / 2_592_000 = 500; 2_000 × 1_296_000 / 2_592_000 = 1000.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 15 * DAY, [-500, 1_000]),
    // The same the other way round.
    // 2_000 × 1_296_000 / 2_592_000 = 1000; 1_000 × 1_296_000 / 2_592_000 = 500.
    case("2026-04-01T00:00:00Z", ("month", 1), (2_000, 1), (1_000, 1), 15 * DAY, [-1_000, 500]),
    // At the very start the whole month counts.
    // 1_000 × 2_592_000 / 2_592_000 = 1000; 2_000 × 2_592_000 / 2_592_000 = 2000.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 0, [-1_000, 2_000]),
    // In the last second next to nothing does.
    // 1_000 × 1 / 2_592_000 ≈ 0.0004; 2_000 × 1 / 2_592_000 ≈ 0.0008.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 30 * DAY - 1, [0, 0]),
    // Two thirds left: both lines round.
    // 1_000 × 1_728_000 / 2_592_000 ≈ 666.6667; 2_000 × 1_728_000 / 2_592_000 ≈ 1333.3333.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 10 * DAY, [-667, 1_333]),
    // One third left: one rounds down, one up.
    // 1_000 × 864_000 / 2_592_000 ≈ 333.3333; 2_000 × 864_000 / 2_592_000 ≈ 666.6667.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 20 * DAY, [-333, 667]),
    // 21 of 31 days left.
    // 1_450 × 1_814_400 / 2_678_400 ≈ 982.2581; 2_900 × 1_814_400 / 2_678_400 ≈ 1964.5161.
    case("2026-03-01T12:00:00Z", ("month", 1), (1_450, 1), (2_900, 1), 10 * DAY, [-982, 1_965]),
    // And a second less.
    // 1_450 × 1_814_399 / 2_678_400 ≈ 982.2575; 2_900 × 1_814_399 / 2_678_400 ≈ 1964.515.
    case("2026-03-01T12:00:00Z", ("month", 1), (1_450, 1), (2_900, 1), 10 * DAY + 1, [-982, 1_965]),
    // Half of a short month: halves go up.
    // 999 × 1_209_600 / 2_419_200 = 499.5; 1_999 × 1_209_600 / 2_419_200 = 999.5.
    case("2026-02-01T00:00:00Z", ("month", 1), (999, 1), (1_999, 1), 14 * DAY, [-500, 1_000]),
    // 15 of 29 days in a leap year.
    // 2_900 × 1_296_000 / 2_505_600 = 1500; 5_800 × 1_296_000 / 2_505_600 = 3000.
    case("2028-02-01T00:00:00Z", ("month", 1), (2_900, 1), (5_800, 1), 14 * DAY, [-1_500, 3_000]),
    // A month anchored on the 31st ends on 28 February: 21 of 28 days.
    // 3_100 × 1_814_400 / 2_419_200 = 2325; 6_200 × 1_814_400 / 2_419_200 = 4650.
    case("2026-01-31T12:00:00Z", ("month", 1), (3_100, 1), (6_200, 1), 7 * DAY, [-2_325, 4_650]),
    // More of the same.
    // 1_500 × 1_296_000 / 2_592_000 = 750; 2_500 × 1_296_000 / 2_592_000 = 1250.
    case("2026-04-01T00:00:00Z", ("month", 1), (500, 3), (500, 5), 15 * DAY, [-750, 1_250]),
    // Fewer of the same.
    // 2_500 × 1_296_000 / 2_592_000 = 1250; 1_500 × 1_296_000 / 2_592_000 = 750.
    case("2026-04-01T00:00:00Z", ("month", 1), (500, 5), (500, 3), 15 * DAY, [-1_250, 750]),
    // The line rounds, not the unit.
    // 999 × 864_000 / 2_592_000 = 333; 2_331 × 864_000 / 2_592_000 = 777.
    case("2026-04-01T00:00:00Z", ("month", 1), (333, 3), (333, 7), 20 * DAY, [-333, 777]),
    // Another price and quantity: four fifths left.
    // 2_000 × 2_073_600 / 2_592_000 = 1600; 4_500 × 2_073_600 / 2_592_000 = 3600.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 2), (1_500, 3), 6 * DAY, [-1_600, 3_600]),
    // 292 of 365 days.
    // 36_500 × 25_228_800 / 31_536_000 = 29200; 73_000 × 25_228_800 / 31_536_000 = 58400.
    case("2026-01-01T00:00:00Z", ("year", 1), (36_500, 1), (73_000, 1), 73 * DAY, [-29_200, 58_400]),
    // 305 of 366 days.
    // 36_600 × 26_352_000 / 31_622_400 = 30500; 73_200 × 26_352_000 / 31_622_400 = 61000.
    case("2028-01-01T00:00:00Z", ("year", 1), (36_600, 1), (73_200, 1), 61 * DAY, [-30_500, 61_000]),
    // Half of a quarter of 90 days.
    // 9_000 × 3_888_000 / 7_776_000 = 4500; 18_000 × 3_888_000 / 7_776_000 = 9000.
    case("2026-01-01T00:00:00Z", ("month", 3), (9_000, 1), (18_000, 1), 45 * DAY, [-4_500, 9_000]),
    // Four days of seven.
    // 700 × 345_600 / 604_800 = 400; 1_400 × 345_600 / 604_800 = 800.
    case("2026-03-02T00:00:00Z", ("week", 1), (700, 1), (1_400, 1), 3 * DAY, [-400, 800]),
    // Twelve and a half days of fourteen.
    // 1_400 × 1_080_000 / 1_209_600 = 1250; 700 × 1_080_000 / 1_209_600 = 625.
    case("2026-03-02T00:00:00Z", ("week", 2), (1_400, 1), (700, 1), DAY + 43_200, [-1_250, 625]),
    // Seven days of ten.
    // 1_000 × 604_800 / 864_000 = 700; 1_001 × 604_800 / 864_000 = 700.7.
    case("2026-03-02T00:00:00Z", ("day", 10), (1_000, 1), (1_001, 1), 3 * DAY, [-700, 701]),
    // Half a cent rounds away from zero.
    // 1 × 1_296_000 / 2_592_000 = 0.5; 2 × 1_296_000 / 2_592_000 = 1.
    case("2026-04-01T00:00:00Z", ("month", 1), (1, 1), (2, 1), 15 * DAY, [-1, 1]),
    // Large amounts stay exact.
    // 99_999_999 × 2_591_999 / 2_592_000 ≈ 99999960.4198; 100_000_000 × 2_591_999 / 2_592_000 ≈ 99999961.4198.
    case("2026-04-01T00:00:00Z", ("month", 1), (99_999_999, 1), (100_000_000, 1), 1, [-99_999_960, 99_999_961]),
    // An odd second in a month of 31 days.
    // 4_900 × 1_277_569 / 2_678_400 ≈ 2337.2491; 9_900 × 1_277_569 / 2_678_400 ≈ 4722.1972.
    case("2026-10-01T00:00:00Z", ("month", 1), (4_900, 1), (9_900, 1), 16 * DAY + 18_431, [-2_337, 4_722]),
    // 29 of 30 days left.
    // 1_500 × 2_505_600 / 2_592_000 = 1450; 4_500 × 2_505_600 / 2_592_000 = 4350.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_500, 1), (4_500, 1), DAY, [-1_450, 4_350]),
    // One of 30 days left.
    // 1_500 × 86_400 / 2_592_000 = 50; 4_500 × 86_400 / 2_592_000 = 150.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_500, 1), (4_500, 1), 29 * DAY, [-50, 150]),
    // A month of 31 days has no whole middle.
    // 1_000 × 1_382_400 / 2_678_400 ≈ 516.129; 2_000 × 1_382_400 / 2_678_400 ≈ 1032.2581.
    case("2026-05-01T00:00:00Z", ("month", 1), (1_000, 1), (2_000, 1), 15 * DAY, [-516, 1_032]),
    // Three quarters of February.
    // 2_800 × 1_814_400 / 2_419_200 = 2100; 1_400 × 1_814_400 / 2_419_200 = 1050.
    case("2027-02-01T00:00:00Z", ("month", 1), (2_800, 1), (1_400, 1), 7 * DAY, [-2_100, 1_050]),
    // From a leap day to 29 March: 19 of 29 days.
    // 2_900 × 1_641_600 / 2_505_600 = 1900; 5_800 × 1_641_600 / 2_505_600 = 3800.
    case("2028-02-29T06:00:00Z", ("month", 1), (2_900, 1), (5_800, 1), 10 * DAY, [-1_900, 3_800]),
    // From a leap day to 28 February: 265 of 365 days.
    // 36_500 × 22_896_000 / 31_536_000 = 26500; 73_000 × 22_896_000 / 31_536_000 = 53000.
    case("2028-02-29T06:00:00Z", ("year", 1), (36_500, 1), (73_000, 1), 100 * DAY, [-26_500, 53_000]),
    // Over the new year: 14 of 31 days.
    // 3_100 × 1_209_600 / 2_678_400 = 1400; 6_200 × 1_209_600 / 2_678_400 = 2800.
    case("2026-12-15T23:59:59Z", ("month", 1), (3_100, 1), (6_200, 1), 17 * DAY, [-1_400, 2_800]),
    // From the 30th to 28 February: 15 of 29 days.
    // 2_900 × 1_296_000 / 2_505_600 = 1500; 5_800 × 1_296_000 / 2_505_600 = 3000.
    case("2026-01-30T00:00:00Z", ("month", 1), (2_900, 1), (5_800, 1), 14 * DAY, [-1_500, 3_000]),
    // To a price of nothing: only a credit counts.
    // 1_000 × 1_296_000 / 2_592_000 = 500; 0 × 1_296_000 / 2_592_000 = 0.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_000, 1), (0, 1), 15 * DAY, [-500, 0]),
    // 81 of the 181 days of half a year.
    // 18_100 × 6_998_400 / 15_638_400 = 8100; 36_200 × 6_998_400 / 15_638_400 = 16200.
    case("2026-01-01T00:00:00Z", ("month", 6), (18_100, 1), (36_200, 1), 100 * DAY, [-8_100, 16_200]),
    // 18 of 24 hours.
    // 2_400 × 64_800 / 86_400 = 1800; 4_800 × 64_800 / 86_400 = 3600.
    case("2026-03-02T00:00:00Z", ("day", 1), (2_400, 1), (4_800, 1), 21_600, [-1_800, 3_600]),
    // 525 and 524.5: one of the halves goes up.
    // 1_050 × 1_296_000 / 2_592_000 = 525; 1_049 × 1_296_000 / 2_592_000 = 524.5.
    case("2026-04-01T00:00:00Z", ("month", 1), (1_050, 1), (1_049, 1), 15 * DAY, [-525, 525]),
];

const fn case(
    start: &'static str,
    period: (&'static str, i64),
    from: (i64, i64),
    to: (i64, i64),
    elapsed: i64,
    lines: [i64; 2],
) -> Case {
    Case { start, period, from, to, elapsed, lines }
}

/// A start, a period, and when the first three of them end: counted from the start, never from the end before.
type Anchor = (&'static str, (&'static str, i64), [&'static str; 3]);

#[rustfmt::skip]
const ANCHORS: [Anchor; 24] = [
    // The 31st falls back to the last day and returns.
    ("2026-01-31T12:00:00Z", ("month", 1), ["2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z", "2026-04-30T12:00:00Z"]),
    // So does the 30th.
    ("2026-01-30T12:00:00Z", ("month", 1), ["2026-02-28T12:00:00Z", "2026-03-30T12:00:00Z", "2026-04-30T12:00:00Z"]),
    // And the 29th.
    ("2026-01-29T12:00:00Z", ("month", 1), ["2026-02-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-04-29T12:00:00Z"]),
    // Which a leap year keeps.
    ("2028-01-29T12:00:00Z", ("month", 1), ["2028-02-29T12:00:00Z", "2028-03-29T12:00:00Z", "2028-04-29T12:00:00Z"]),
    // A leap year has a 29 February for the 31st.
    ("2028-01-31T12:00:00Z", ("month", 1), ["2028-02-29T12:00:00Z", "2028-03-31T12:00:00Z", "2028-04-30T12:00:00Z"]),
    // A leap day is the 29th of other months.
    ("2028-02-29T12:00:00Z", ("month", 1), ["2028-03-29T12:00:00Z", "2028-04-29T12:00:00Z", "2028-05-29T12:00:00Z"]),
    // And 28 February of common years.
    ("2028-02-29T12:00:00Z", ("year", 1), ["2029-02-28T12:00:00Z", "2030-02-28T12:00:00Z", "2031-02-28T12:00:00Z"]),
    // The 28th was never the last day of the month.
    ("2026-02-28T12:00:00Z", ("month", 1), ["2026-03-28T12:00:00Z", "2026-04-28T12:00:00Z", "2026-05-28T12:00:00Z"]),
    // The first second of a day stays it.
    ("2026-03-31T00:00:00Z", ("month", 1), ["2026-04-30T00:00:00Z", "2026-05-31T00:00:00Z", "2026-06-30T00:00:00Z"]),
    // And so does the last.
    ("2026-03-31T23:59:59Z", ("month", 1), ["2026-04-30T23:59:59Z", "2026-05-31T23:59:59Z", "2026-06-30T23:59:59Z"]),
    // Quarters anchored on the 31st.
    ("2026-08-31T12:00:00Z", ("month", 3), ["2026-11-30T12:00:00Z", "2027-02-28T12:00:00Z", "2027-05-31T12:00:00Z"]),
    // Half years, over two Februaries.
    ("2026-08-31T12:00:00Z", ("month", 6), ["2027-02-28T12:00:00Z", "2027-08-31T12:00:00Z", "2028-02-29T12:00:00Z"]),
    // Quarters that meet February.
    ("2026-11-30T12:00:00Z", ("month", 3), ["2027-02-28T12:00:00Z", "2027-05-30T12:00:00Z", "2027-08-30T12:00:00Z"]),
    // Every second month.
    ("2026-12-31T12:00:00Z", ("month", 2), ["2027-02-28T12:00:00Z", "2027-04-30T12:00:00Z", "2027-06-30T12:00:00Z"]),
    // Over the new year.
    ("2026-12-15T12:00:00Z", ("month", 1), ["2027-01-15T12:00:00Z", "2027-02-15T12:00:00Z", "2027-03-15T12:00:00Z"]),
    // Years.
    ("2026-06-15T12:00:00Z", ("year", 1), ["2027-06-15T12:00:00Z", "2028-06-15T12:00:00Z", "2029-06-15T12:00:00Z"]),
    // Years over a leap day end on the same date.
    ("2027-03-01T12:00:00Z", ("year", 1), ["2028-03-01T12:00:00Z", "2029-03-01T12:00:00Z", "2030-03-01T12:00:00Z"]),
    // The longest period.
    ("2026-06-15T12:00:00Z", ("year", 3), ["2029-06-15T12:00:00Z", "2032-06-15T12:00:00Z", "2035-06-15T12:00:00Z"]),
    // Weeks know no months.
    ("2026-12-28T12:00:00Z", ("week", 1), ["2027-01-04T12:00:00Z", "2027-01-11T12:00:00Z", "2027-01-18T12:00:00Z"]),
    // Fortnights over a leap day.
    ("2028-02-26T12:00:00Z", ("week", 2), ["2028-03-11T12:00:00Z", "2028-03-25T12:00:00Z", "2028-04-08T12:00:00Z"]),
    // Days.
    ("2026-02-27T12:00:00Z", ("day", 1), ["2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"]),
    // Days over a leap day.
    ("2028-02-28T12:00:00Z", ("day", 1), ["2028-02-29T12:00:00Z", "2028-03-01T12:00:00Z", "2028-03-02T12:00:00Z"]),
    // Thirty days are no month.
    ("2026-01-31T12:00:00Z", ("day", 30), ["2026-03-02T12:00:00Z", "2026-04-01T12:00:00Z", "2026-05-01T12:00:00Z"]),
    // 2100 is no leap year.
    ("2099-12-31T12:00:00Z", ("month", 1), ["2100-01-31T12:00:00Z", "2100-02-28T12:00:00Z", "2100-03-31T12:00:00Z"]),
];

#[tokio::test]
async fn every_case_of_the_table_is_credited_and_charged_to_the_cent() {
    for (index, case) in CASES.iter().enumerate() {
        let stripe = Stripe::at(seconds(case.start), SandboxOptions::default());
        let subscription = begin(&stripe, case).await;
        stripe.advance(case.elapsed).await;
        let item = subscription["items"]["data"][0]["id"].as_str().unwrap();
        // The quantity alone changes when the amount stays; a subscription cannot have one price twice.
        let price = if case.from.0 == case.to.0 {
            subscription["items"]["data"][0]["price"]["id"].as_str().unwrap().to_owned()
        } else {
            price(&stripe, case, case.to.0).await
        };
        let change = format!("[id]={item}&ITEMS[0][price]={price}&ITEMS[0][quantity]={}", case.to.1);
        let form = |prefix: &str| format!("{prefix}[0]{}", change.replace("ITEMS", prefix));
        let id = subscription["id"].as_str().unwrap();
        let preview = format!(
            "subscription={id}&subscription_details[proration_behavior]=always_invoice&{}",
            form("subscription_details[items]")
        );
        let preview = stripe.make("/v1/invoices/create_preview", &preview).await.body;
        let update = format!("proration_behavior=always_invoice&expand[]=latest_invoice&{}", form("items"));
        let invoice =
            stripe.make(&format!("/v1/subscriptions/{id}"), &update).await.body["latest_invoice"].take();
        assert_eq!(amounts(&invoice), case.lines, "case {index}");
        assert_eq!(amounts(&preview), case.lines, "preview of case {index}");
        assert_eq!(invoice["total"], case.lines.iter().sum::<i64>(), "case {index}");
    }
}

async fn begin(stripe: &Stripe, case: &Case) -> Value {
    let customer = stripe.customer_with("pm_card_visa").await;
    let price = price(stripe, case, case.from.0).await;
    let form = format!("customer={customer}&items[0][price]={price}&items[0][quantity]={}", case.from.1);
    stripe.make("/v1/subscriptions", &form).await.body
}

async fn price(stripe: &Stripe, case: &Case, amount: i64) -> String {
    let (interval, count) = case.period;
    let recurring = format!("recurring[interval]={interval}&recurring[interval_count]={count}");
    let form = format!("product_data[name]=Plan&currency=eur&unit_amount={amount}&{recurring}");
    stripe.make("/v1/prices", &form).await.id()
}

fn amounts(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

fn seconds(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_second()
}

#[tokio::test]
async fn every_case_of_the_table_renews_on_its_days() {
    for (start, period, ends) in ANCHORS {
        let stripe = Stripe::at(seconds(start), SandboxOptions::default());
        let case = case(start, period, (100, 1), (100, 1), 0, [0, 0]);
        let path = format!("/v1/subscriptions/{}", begin(&stripe, &case).await["id"].as_str().unwrap());
        let mut now = seconds(start);
        for end in ends {
            let shown =
                stripe.get(&path).await.body["items"]["data"][0]["current_period_end"].as_i64().unwrap();
            assert_eq!(
                Timestamp::from_second(shown).unwrap().to_string(),
                end,
                "after {start}, every {period:?}"
            );
            stripe.advance(shown - now).await;
            now = shown;
        }
    }
}
