import Core
import Testing

@Suite struct WavesTests {
    @Test(arguments: [
        (0, 0, 1), (1, 0, 0), (1, 1, 2), (2, 1, 1), (2, 2, 1), (3, 1, 0), (3, 2, 0), (3, 3, 4), (5, 3, 2), (7, 6, 0),
        (7, 7, 8), (15, 15, 16),
    ])
    func `each wave is twice the one before, and begins when that has ended`(begun: Int, ended: Int, room: Int) {
        #expect(Waves.room(begun: begun, ended: ended) == room)
    }

    @Test func `a run that goes well is carried out whole, in waves of 1, 2, 4, 8`() {
        var sizes: [Int] = []
        var begun = 0
        while begun < 100 {
            let size = min(Waves.room(begun: begun, ended: begun), 100 - begun)
            sizes.append(size)
            begun += size
        }
        #expect(sizes == [1, 2, 4, 8, 16, 32, 37])
    }

    @Test(arguments: [
        (0, 0, false), (1, 1, false), (1, 3, false), (2, 3, true), (2, 8, false), (2, 7, true), (3, 12, false),
        (4, 15, true),
    ])
    func `more than one failure and more than the percentage are too many`(failed: Int, begun: Int, isTooMany: Bool) {
        #expect(Pacing().isTooMany(failed: failed, of: begun) == isTooMany)
    }
}
