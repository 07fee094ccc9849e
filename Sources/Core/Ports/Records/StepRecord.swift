package import Foundation

package struct StepRecord: Sendable {
    package var step: PlanStep
    package var token: StepToken
    package var state: StepState
    package var reason: String?
    package var intendedAt: Date?
    package var requestedAt: Date?
    package var firstGoneAt: Date?
    package var endedAt: Date?

    package init(
        step: PlanStep,
        token: StepToken,
        state: StepState,
        reason: String?,
        intendedAt: Date?,
        requestedAt: Date?,
        firstGoneAt: Date?,
        endedAt: Date?
    ) {
        self.step = step
        self.token = token
        self.state = state
        self.reason = reason
        self.intendedAt = intendedAt
        self.requestedAt = requestedAt
        self.firstGoneAt = firstGoneAt
        self.endedAt = endedAt
    }
}
