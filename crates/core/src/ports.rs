//! What the core needs of the world outside, in the core's own words.

mod carrier;
mod clock;
mod mailer;
mod payments;
mod receivers;
mod stripe_events;
mod tellers;

pub use carrier::{Activation, ActivationOrder, Carrier, CarrierAnswer, CarrierError, TestCarrier};
pub(crate) use carrier::{test_activation_code, test_iccid};
pub use clock::{Clock, FixedClock, ShiftedClock, SystemClock};
pub use mailer::{
    Ending, Mail, MailContent, Mailer, MailerAnswer, MailerError, NextCharge, NoMailer, Posted, Receipt,
    ReceiptLine,
};
pub use payments::{
    Answer, AttemptFailure, AttemptState, BilledInvoice, BilledItem, BilledSubscription, BillingEnd,
    BillingReason, BillingStatus, CardSetup, Charge, ChargeGoods, ChargeOutcome, Charged, CheckoutLine,
    CheckoutMode, CheckoutSession, CheckoutSessionStatus, Collection, CustomerContact, CustomerDraft,
    Discount, Extension, InvoicePreview, InvoiceStatus, KeptCard, KeptCards, MoneyBack, OpenCardSetup,
    OpenCheckout, OpenPortal, PaymentAttempt, PaymentGateway, Payments, PaymentsError, PreviewLine,
    PriceDraft, PriceSwap, ProductDraft, RefundOf, Refusal, RefusalKind, ScheduledSwap, StripeCredentials,
    StripePrice, SwapCharge,
};
pub use receivers::{NoReceivers, NoReply, ReceiverAnswer, ReceiverReply, Receivers, Shipment};
pub use stripe_events::{EventReader, EventSubject, RejectedEvent, StripeEvent};
pub use tellers::{Happened, Message, Teller, Telling};
