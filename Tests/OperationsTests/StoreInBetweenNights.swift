import Core
import Foundation
import Operations

/// Nights go through unchanged.
extension StoreInBetween {
    func beginNight(holder: String, lease: Duration, at: Date) async throws(StoreFailure) -> NightClaim {
        try await store.beginNight(holder: holder, lease: lease, at: at)
    }
    func prolongNight(_ id: NightID, lease: Duration) async throws(StoreFailure) {
        try await store.prolongNight(id, lease: lease)
    }
    func endNight(
        _ id: NightID,
        outcome: NightRecord.Outcome,
        status: Int32,
        numbers: [String: Double],
        leftUndone: [String],
        at: Date
    ) async throws(StoreFailure) {
        try await store.endNight(id, outcome: outcome, status: status, numbers: numbers, leftUndone: leftUndone, at: at)
    }
    func nights(since: Date) async throws(StoreFailure) -> [NightRecord] {
        try await store.nights(since: since)
    }
    func firstNight() async throws(StoreFailure) -> Date? {
        try await store.firstNight()
    }
    func lastGoodNight() async throws(StoreFailure) -> NightRecord? {
        try await store.lastGoodNight()
    }
}
