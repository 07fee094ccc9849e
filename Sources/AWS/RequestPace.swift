/// How fast one account may be asked.
///
/// A client asks for a turn before each attempt, repetitions included, and says when a service throttled one.
package protocol RequestPace: Sendable {
    /// Returns when the next request may be sent, or soon after the task was cancelled.
    func turn(_ service: AWSService, region: String) async
    func throttled(_ service: AWSService, region: String) async
}
