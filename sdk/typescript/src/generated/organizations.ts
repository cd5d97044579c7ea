// Written by sdk/typescript/scripts/generate.mjs; `npm run generate` there writes it anew.

export interface paths {
    "/subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the plans */
        get: operations["getSubscriptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/my": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the organization's subscription */
        get: operations["getMySubscription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/buy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Buy a plan */
        post: operations["buySubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/checkout-session/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what has become of a checkout */
        get: operations["getCheckoutSessionStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/portal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open Stripe's billing portal */
        post: operations["createBillingPortal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the payments */
        get: operations["getPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/pending-payment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the payment that waits */
        get: operations["getPendingPayment"];
        put?: never;
        post?: never;
        /** Withdraw the payment that waits */
        delete: operations["cancelPendingPayment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/subscriptions/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel the subscription */
        post: operations["cancelSubscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Log in */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stay logged in */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/user/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Log out */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What everybody sees of a no. */
        Error: {
            /** @constant */
            success: false;
            /** @description For machines. */
            error_code: string;
            /** @description For people. */
            message: string;
            /** @description The cause, where the operator lets it be told. */
            debug_info?: components["schemas"]["DebugInfo"] | null;
        };
        /** @description Why, for developers. */
        DebugInfo: {
            error_message: string;
            error_type: string;
        };
        /** @description A payload under `data`, as half of the operations answer it (contract §5). */
        Data_for_Array_of_SubscriptionResponse: {
            /** @constant */
            success: true;
            data: components["schemas"]["SubscriptionResponse"][];
        };
        /** @description A plan. */
        SubscriptionResponse: {
            description: string;
            id: components["schemas"]["Id"];
            name: string;
            /** @description The periods in which it can be bought, the shortest first. */
            periods: components["schemas"]["SubscriptionPeriodResponse"][];
            capabilities: components["schemas"]["SubscriptionCapability"][];
        };
        /** Format: uuid */
        Id: string;
        /** @description A period of a plan, and its price. */
        SubscriptionPeriodResponse: {
            id: components["schemas"]["Id"];
            /** @description The plan. */
            subscriptionId: components["schemas"]["Id"];
            /** @enum {string} */
            periodType: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" | "ALL_TIME";
            /**
             * Format: int64
             * @description In the smallest currency unit.
             */
            price: number;
        };
        /** @description What a plan lets its organization do. */
        SubscriptionCapability: {
            description: string;
            type: string;
            id: components["schemas"]["Id"];
            code: string;
            /**
             * Format: int64
             * @description Zero: it is included.
             */
            price: number;
            /** @description The window of a quota. */
            periodType: string;
            /**
             * Format: int64
             * @description 1 or 0 for what one has or has not, else the limit.
             */
            value: number;
        };
        /** @description The organization's subscription, or none. */
        MySubscriptionResponse: {
            /** @constant */
            success: true;
            data: components["schemas"]["OrgSubscriptionResponse"] | null;
            message?: string;
        };
        /** @description A subscription. The first three are the plan's. */
        OrgSubscriptionResponse: {
            description: string;
            id: components["schemas"]["Id"];
            name: string;
            periodId: components["schemas"]["Id"];
            /**
             * @description Null for a rhythm that this API does not sell, where another one of the server's did.
             * @enum {string|null}
             */
            periodType: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" | "ALL_TIME" | null;
            /**
             * Format: int64
             * @description In the smallest currency unit, as it was bought.
             */
            price: number;
            dateFrom: components["schemas"]["Timestamp"];
            /** @description Null for good. */
            dateTo: components["schemas"]["Timestamp"] | null;
            /** @enum {string} */
            status: "ACTIVE" | "CANCELLED" | "EXPIRED";
            autoRenew: boolean;
        };
        /** Format: date-time */
        Timestamp: string;
        /** @description What is bought. */
        BuySubscriptionRequest: {
            /** @description A period of a plan. */
            subscriptionPeriodId: string;
            /** @description Where it is paid, if not where the operator usually has it. */
            uiMode?: components["schemas"]["UiMode"] | null;
        };
        /**
         * @description On Stripe's page, or in one of the caller's.
         * @enum {string}
         */
        UiMode: "hosted" | "embedded";
        /** @description What happens next. */
        BuySubscriptionResponse: {
            /** @constant */
            success: true;
            /** @description Where it is paid; null when it is free or embedded. */
            checkoutUrl: string | null;
            /** @description The same again. */
            redirectUrl: string | null;
            /** @description Stripe's session, or ours of a free activation. */
            sessionId: string;
            /** @description Whether it takes the place of another subscription. */
            isSubscriptionChange: boolean;
            /** @description Which. */
            previousSubscription: components["schemas"]["PreviousSubscription"] | null;
            /** @description Whether nothing has to be paid: what is bought is had already, or begins when what is paid is used up. */
            isFreeSubscription: boolean;
            /** @description What an embedding page mounts Stripe's Checkout by. */
            clientSecret?: string;
            /** @description What has happened, where nobody would expect it. */
            message?: string;
        };
        /** @description A subscription that ends when the new one is paid. */
        PreviousSubscription: {
            id: string;
            name: string;
        };
        /** @description How a session stands. */
        GetCheckoutSessionStatusResponse: {
            /** @constant */
            success: true;
            id: string;
            /** @enum {string} */
            status: "open" | "complete" | "expired";
            /** @enum {string} */
            payment_status: "unpaid" | "paid" | "no_payment_required";
            /** @description Stripe's subscription, once there is one. */
            subscriptionId: string | null;
        };
        /** @description The way to the portal. */
        CreateBillingPortalResponse: {
            /** @constant */
            success: true;
            /** @description Opened in a new tab; it leads back to the operator's application. */
            url: string;
        };
        /** @description A payload under `data`, as half of the operations answer it (contract §5). */
        Data_for_Array_of_PaymentResponse: {
            /** @constant */
            success: true;
            data: components["schemas"]["PaymentResponse"][];
        };
        /** @description A payment. */
        PaymentResponse: {
            id: string;
            /**
             * Format: int64
             * @description In the smallest currency unit.
             */
            amount: number;
            currency: string;
            /** @enum {string} */
            status: "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED" | "CANCELLED" | "UNPAID" | "EXPIRED";
            /** @description When it was paid, else made. */
            timestamp: components["schemas"]["Timestamp"];
        };
        /** @description A payload under `data`, as half of the operations answer it (contract §5). */
        Data_for_PendingPaymentData: {
            /** @constant */
            success: true;
            data: components["schemas"]["PendingPaymentData"];
        };
        /** @description A payment that is not decided yet. */
        PendingPaymentData: {
            id: string;
            /** @description Stripe's session. */
            stripePaymentId: string;
            /**
             * Format: double
             * @description In the smallest currency unit, unless the operator has it otherwise.
             */
            amount: number;
            currency: string;
            /** @enum {string} */
            status: "PENDING" | "PROCESSING";
            createdAt: components["schemas"]["Timestamp"];
            subscription: components["schemas"]["PendingPaymentSubscription"];
            subscriptionPeriod: components["schemas"]["PendingPaymentPeriod"];
            /** @description Where it is paid, as long as it can be. */
            checkoutUrl: string | null;
            /**
             * @description Null when Stripe could not be asked.
             * @enum {string|null}
             */
            sessionStatus: "open" | "complete" | "expired" | null;
        };
        /** @description What is bought. */
        PendingPaymentSubscription: {
            description: string;
            id: components["schemas"]["Id"];
            name: string;
        };
        /** @description In which period. */
        PendingPaymentPeriod: {
            id: components["schemas"]["Id"];
            /** @enum {string} */
            periodType: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" | "ALL_TIME";
            /** Format: double */
            price: number;
        };
        /** @description It was withdrawn. */
        CancelPendingPaymentResponse: {
            /** @constant */
            success: true;
            message: string;
            data: components["schemas"]["CancelledPendingPayment"];
        };
        /** @description Which, and when. */
        CancelledPendingPayment: {
            paymentId: string;
            stripePaymentId: string;
            cancelledAt: components["schemas"]["Timestamp"];
        };
        /** @description When it ends. The body may be left out. */
        CancelSubscriptionRequest: {
            /** @description As the operator usually has it, unless given. */
            mode?: components["schemas"]["Mode"] | null;
        };
        /**
         * @description With the period that is paid, or now.
         * @enum {string}
         */
        Mode: "period_end" | "immediate";
        /** @description It is cancelled. */
        CancelSubscriptionResponse: {
            /** @constant */
            success: true;
            message: string;
        };
        /** @description Who logs in. Other fields, such as `deviceInfo`, are passed over. */
        LoginRequest: {
            email: string;
            password: string;
        };
        /** @description Somebody is logged in. */
        LoginResponse: {
            /** @constant */
            success: true;
            accessToken: string;
            refreshToken: string;
            /** @description The log-in, in all its refresh tokens. */
            tokenId: string;
            /**
             * Format: int64
             * @description When the access token stops working, in milliseconds since 1970.
             */
            expiresAt: number;
            user: components["schemas"]["User"];
        };
        /** @description Who. */
        User: {
            id: string;
            email: string;
            name: string;
            orgId?: string;
            /**
             * Format: uint8
             * @description 0 user, 1 billing, 2 workspaces, 254 administrators, 255 owner.
             */
            orgRole: number;
        };
        /** @description A log-in to go on with, or to end. Pages and libraries spell it in two ways, and both are read. */
        RefreshRequest: {
            refresh_token: string;
        };
        /** @description The log-in goes on. */
        RefreshResponse: {
            /** @constant */
            success: true;
            accessToken: string;
            /** @description The access token again, under the library's name. */
            token: string;
            /** @description The next one: the one that was sent works no more. */
            refreshToken: string;
            /**
             * Format: int64
             * @description When the access token stops working, in milliseconds since 1970.
             */
            expiresAt: number;
        };
        /** @description It is over. */
        LogoutResponse: {
            /** @constant */
            success: true;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSubscriptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A payload under `data`, as half of the operations answer it (contract §5). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Data_for_Array_of_SubscriptionResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMySubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The organization's subscription, or none. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MySubscriptionResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    buySubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What is bought. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["BuySubscriptionRequest"];
            };
        };
        responses: {
            /** @description What happens next. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BuySubscriptionResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCheckoutSessionStatus: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What buying answered as `sessionId`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How a session stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetCheckoutSessionStatusResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createBillingPortal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The way to the portal. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateBillingPortalResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPayments: {
        parameters: {
            query?: {
                /** @description Payments since: a date, or a date and time. UTC unless a zone is given. */
                startDate?: string;
                /** @description Payments until, that day or moment included. */
                endDate?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A payload under `data`, as half of the operations answer it (contract §5). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Data_for_Array_of_PaymentResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getPendingPayment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A payload under `data`, as half of the operations answer it (contract §5). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Data_for_PendingPaymentData"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelPendingPayment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was withdrawn. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelPendingPaymentResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelSubscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description When it ends. The body may be left out. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelSubscriptionRequest"];
            };
        };
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelSubscriptionResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Who logs in. Other fields, such as `deviceInfo`, are passed over. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description Somebody is logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A log-in to go on with, or to end. Pages and libraries spell it in two ways, and both are read. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description The log-in goes on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A log-in to go on with, or to end. Pages and libraries spell it in two ways, and both are read. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description It is over. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogoutResponse"];
                };
            };
            /** @description It was not done. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
