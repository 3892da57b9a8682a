import Observation
import StepUp

/// The sheet for step-ups, above whatever screen is shown. Of several at once one is shown after the other.
@MainActor @Observable
public final class StepUpSheets {
    /// What is shown; none if no step-up waits for the user. Set to none, it is cancelled and gone: the user
    /// has swiped it away.
    public var current: StepUpSheetPresenter? {
        get { shown }
        set {
            guard newValue == nil, let shown else { return }
            shown.cancel()
            remove(shown)
        }
    }

    private var shown: StepUpSheetPresenter?
    private var waiting: [StepUpSheetPresenter] = []
    private var isOnScreen = false
    private let backend: AppBackend
    private let session: SessionModel

    init(backend: AppBackend, session: SessionModel) {
        (self.backend, self.session) = (backend, session)
    }

    /// The sheet has come up. The next one waits from now on until it is off the screen again: a sheet may be
    /// set to none a second time while it goes away, which must not be taken for the next one's.
    public func appeared() {
        isOnScreen = true
    }

    /// No sheet is on the screen any more.
    public func dismissed() {
        isOnScreen = false
        showNext()
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
        showNext()
        for await _ in states {}
        remove(sheet)
    }

    private func remove(_ sheet: StepUpSheetPresenter) {
        waiting.removeAll { $0 === sheet }
        if shown === sheet { shown = nil }
        showNext()
    }

    private func showNext() {
        guard shown == nil, !isOnScreen, !waiting.isEmpty else { return }
        shown = waiting.removeFirst()
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
