import Observation
import StepUp

/// The sheet for step-ups, above whatever screen is shown. Of several at once one is shown after the other.
@MainActor @Observable
public final class StepUpSheets {
    /// What is shown; none if no step-up waits for the user. Set to none, it is cancelled: the user has
    /// swiped it away.
    public var current: StepUpSheetPresenter? {
        get { waiting.first }
        set { if newValue == nil { waiting.first?.cancel() } }
    }

    private var waiting: [StepUpSheetPresenter] = []
    private let backend: AppBackend
    private let session: SessionModel

    init(backend: AppBackend, session: SessionModel) {
        (self.backend, self.session) = (backend, session)
    }

    /// `show`, as the library's calls want it.
    var present: @Sendable (StepUpFlow) async -> Void {
        { [self] flow in await show(flow) }
    }

    /// Shows a flow until it has ended, or the task is cancelled.
    func show(_ flow: StepUpFlow) async {
        guard let states = try? flow.states() else { return flow.cancel() }
        let sheet = StepUpSheetPresenter(flow, userId: session.session?.user.id, backend: backend)
        waiting.append(sheet)
        for await _ in states {}
        waiting.removeAll { $0 === sheet }
    }

    /// Shows a flow that no operation waits for.
    ///
    /// - Throws: what it has failed with; `Cancelled`.
    func prove(_ flow: StepUpFlow) async throws {
        defer { flow.leave() }
        await show(flow)
        switch flow.state() {
        case .granted: return
        case .failed(let error): throw error
        default: throw StepUpError.Cancelled
        }
    }
}
