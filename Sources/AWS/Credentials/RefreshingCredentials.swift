package import Foundation

/// Keeps what another provider gave until five minutes before it expires. Callers that come together wait for one
/// refresh instead of starting their own.
package actor RefreshingCredentials: CredentialProvider {
    private let source: any CredentialProvider
    private let margin: TimeInterval
    private var current: Credentials?
    private var isRefreshing = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ source: any CredentialProvider, margin: Duration = .seconds(300)) {
        self.source = source
        self.margin = TimeInterval(margin.components.seconds)
    }

    package func credentials(now: Date) async throws(AWSError) -> Credentials {
        while true {
            if let current, isFresh(current, now: now) { return current }
            if !isRefreshing { return try await refresh(now: now) }
            // Whoever refreshes may fail or be cancelled: look again afterwards.
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func refresh(now: Date) async throws(AWSError) -> Credentials {
        isRefreshing = true
        defer {
            isRefreshing = false
            let woken = waiting
            waiting = []
            for waiter in woken { waiter.resume() }
        }
        do {
            let new = try await source.credentials(now: now)
            current = new
            return new
        } catch {
            // Inside the margin the old ones are still good.
            if let current, let expiration = current.expiration, expiration > now, error.kind != .cancelled {
                return current
            }
            throw error
        }
    }

    private func isFresh(_ credentials: Credentials, now: Date) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.timeIntervalSince(now) > margin
    }
}
