import StepUpGenerated

/// How long a callback may take before the call that needs it fails. What is not given stays at its default.
/// Times are longer than zero and at most an hour.
public struct Deadlines: Sendable, Hashable {
    /// Storage. Default 5 s.
    public var storage: Duration?
    /// Device keys. Default 30 s.
    public var keys: Duration?
    /// A passkey ceremony, which waits for a person. Default 5 min.
    public var passkey: Duration?
    /// A visit to an OAuth provider's page, which waits for a person. Default 5 min.
    public var browser: Duration?
    /// A wallet, which waits for a person. Default 5 min.
    public var wallet: Duration?
    /// A captcha, which waits for a person. Default 5 min.
    public var captcha: Duration?

    /// The parameters are the properties.
    public init(
        storage: Duration? = nil, keys: Duration? = nil, passkey: Duration? = nil, browser: Duration? = nil,
        wallet: Duration? = nil, captcha: Duration? = nil
    ) {
        self.storage = storage
        self.keys = keys
        self.passkey = passkey
        self.browser = browser
        self.wallet = wallet
        self.captcha = captcha
    }

    var core: StepUpGenerated.Deadlines {
        StepUpGenerated.Deadlines(
            storage: storage, keys: keys, passkey: passkey, browser: browser, wallet: wallet,
            captcha: captcha)
    }
}
