import Core
import Foundation

/// Writes down where a teardown went otherwise than its plan had said, each time once.
struct ForecastNotes: Sendable {
    let store: any Store

    func note(_ outcome: TeardownOutcome, against forecast: EnvironmentForecast, plan: PlanID) async throws {
        let errors = forecastErrors(forecast: forecast, outcome: outcome)
        guard !errors.isEmpty else { return }
        let known = try await store.history(of: forecast.key, limit: 1_000)
            .filter { $0.event == forecastWrong && $0.plan == plan }
            .map { (try? JSONDecoder().decode([String: String].self, from: Data($0.details)))?[Self.because] ?? "" }
        let new = errors.filter { error in !known.contains { $0.contains(error) } }
        guard !new.isEmpty else { return }
        let details = [Self.because: new.joined(separator: "; ")]
        try await store.note(forecastWrong, environment: forecast.key, plan: plan, details: details)
    }

    private static let because = "because"
}
