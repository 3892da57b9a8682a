import StepUpGenerated

/// Configuration of a client. Only `environmentId` must be given; what is not given stays at its default.
public struct ClientConfig: Sendable, Hashable {
    /// The environment's id: a UUID, in any case.
    public var environmentId: String
    /// Base URL of the API. Default `https://app.dynamicauth.com/api/v0`.
    public var baseUrl: String?
    /// Separates clients of one environment on one storage, and the keys of different apps. Letters, digits,
    /// `-`, `_` and `.`; default `default`.
    public var storageNamespace: String?
    /// Name and version sent as `x-dyn-version`, for example `MyApp/1.2.0`. Default: this library's.
    public var clientVersion: String?
    /// Sent as `x-dyn-api-version`. Default: the version of the API models that this library was written for.
    public var apiVersion: String?
    /// Sent as `x-dynamic-platform`. Default `react-native`, the known value that stands for a native app.
    public var platformName: String?
    /// Name of this device and its system, for example `iPhone 17; iOS 26`: part of the `User-Agent`, from
    /// which lists of registered devices are made readable.
    public var deviceName: String?
    /// The app's origin (`https://app.example`), sent as `Origin`; must be on the environment's allow-list.
    /// The texts that wallets sign name it, so without one wallets cannot be used.
    public var appOrigin: String?
    /// The app's name in texts that wallets show. Default: the environment's own.
    public var appName: String?
    /// Links that lead into the app (universal links), each a scheme, a host and a path that they begin with:
    /// `https://app.example/registered`. Only a registration link that matches one is taken.
    public var appLinks: [String]
    /// Where an OAuth provider sends the user back to: a link of the app, on the environment's allow-list.
    public var oauthRedirectUrl: String?
    /// Allows `appLinks` and `oauthRedirectUrl` to have a scheme of the app's own (`myapp://…`), which
    /// another app can claim too.
    public var allowCustomSchemes: Bool
    /// Which certificate authorities are trusted. Default: those bundled.
    public var tlsRoots: TlsRoots?
    /// Allows `http` to a loopback address, for development against a local server.
    public var allowInsecureLoopback: Bool
    /// Limits of network calls.
    public var limits: Limits
    /// How long callbacks may take.
    public var deadlines: Deadlines

    /// A configuration for an environment; the parameters are the properties.
    public init(
        environmentId: String, baseUrl: String? = nil, storageNamespace: String? = nil,
        clientVersion: String? = nil, apiVersion: String? = nil, platformName: String? = nil,
        deviceName: String? = nil, appOrigin: String? = nil, appName: String? = nil,
        appLinks: [String] = [], oauthRedirectUrl: String? = nil, allowCustomSchemes: Bool = false,
        tlsRoots: TlsRoots? = nil, allowInsecureLoopback: Bool = false, limits: Limits = Limits(),
        deadlines: Deadlines = Deadlines()
    ) {
        self.environmentId = environmentId
        self.baseUrl = baseUrl
        self.storageNamespace = storageNamespace
        self.clientVersion = clientVersion
        self.apiVersion = apiVersion
        self.platformName = platformName
        self.deviceName = deviceName
        self.appOrigin = appOrigin
        self.appName = appName
        self.appLinks = appLinks
        self.oauthRedirectUrl = oauthRedirectUrl
        self.allowCustomSchemes = allowCustomSchemes
        self.tlsRoots = tlsRoots
        self.allowInsecureLoopback = allowInsecureLoopback
        self.limits = limits
        self.deadlines = deadlines
    }

    var core: StepUpGenerated.ClientConfig {
        StepUpGenerated.ClientConfig(
            environmentId: environmentId, baseUrl: baseUrl, storageNamespace: storageNamespace,
            clientVersion: clientVersion, apiVersion: apiVersion, platformName: platformName,
            deviceName: deviceName, appOrigin: appOrigin, appName: appName, appLinks: appLinks,
            oauthRedirectUrl: oauthRedirectUrl, allowCustomSchemes: allowCustomSchemes, tlsRoots: tlsRoots,
            allowInsecureLoopback: allowInsecureLoopback, limits: limits.core, deadlines: deadlines.core)
    }
}
