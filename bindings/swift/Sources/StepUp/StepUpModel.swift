/// What the user has proven, for screens that mark what is open to them, and how step-ups are going.
@MainActor
public final class StepUpModel: ScreenModel {
    private var latestState: StepUpState
    private var latestElevations: [Elevation]

    /// Follows a client.
    public init(_ client: StepUpClient) {
        latestState = client.stepUp.state()
        latestElevations = client.stepUp.elevations()
        super.init()
        follow(try? client.stepUp.states()) { [weak self] in self?.latestState = $0 }
        follow(try? client.stepUp.elevationUpdates()) { [weak self] in self?.latestElevations = $0 }
    }

    /// Shows this for good.
    package init(state: StepUpState, elevations: [Elevation]) {
        (latestState, latestElevations) = (state, elevations)
    }

    /// How the client's step-ups are going, all calls and flows together.
    public var state: StepUpState { shown(latestState) }

    /// Every elevation that is held and not over.
    public var elevations: [Elevation] { shown(latestElevations) }
}
