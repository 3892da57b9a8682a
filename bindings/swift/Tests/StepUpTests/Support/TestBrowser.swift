import StepUp

/// A browser whose user decides at once, on the sandbox's consent page.
actor TestBrowser: OAuthBrowser {
    /// What the user does there.
    enum Decision: Sendable {
        /// Consents with the account of this id.
        case approves(String)
        /// The provider ends it with this error.
        case denies(String)
        /// Something else comes back.
        case answers(String)
    }

    private let sandbox: Sandbox
    private(set) var opened: [BrowserRequest] = []
    private var decision = Decision.approves("ada's account")
    private var behaviour = Behaviour.works

    init(sandbox: Sandbox) {
        self.sandbox = sandbox
    }

    func set(_ behaviour: Behaviour) {
        self.behaviour = behaviour
    }

    func decide(_ decision: Decision) {
        self.decision = decision
    }

    func open(request: BrowserRequest) async throws -> String {
        opened.append(request)
        try await behaviour.pass()
        switch decision {
        case .approves(let account): return try await sandbox.approve(page: request.url, account: account)
        case .denies(let error): return try await sandbox.deny(page: request.url, error: error)
        case .answers(let url): return url
        }
    }
}
