import { describe, expect, it } from 'vitest'
import { workersFor } from './workers-for.ts'

describe('workersFor', () => {
  it('runs short comparisons, and those on one core, in this thread', () => {
    expect(workersFor([{ seconds: 0.2 }, { seconds: 0.1 }], { splits: 5, cores: 8 })).toBe(0)
    expect(workersFor([{ seconds: 100 }, { seconds: 50 }], { splits: 5, cores: 1 })).toBe(0)
    expect(workersFor([], { splits: 5, cores: 8 })).toBe(0)
  })

  it('takes one fewer worker than cores for long ones, and no more than there are fits', () => {
    expect(workersFor([{ seconds: 2 }, { seconds: 1 }], { splits: 5, cores: 8 })).toBe(7)
    expect(workersFor([{ seconds: 20 }], { splits: 3, cores: 8 })).toBe(3)
  })

  it('takes both of two cores, for the thread that asks only waits', () => {
    expect(workersFor([{ seconds: 20 }], { splits: 3, cores: 2 })).toBe(2)
  })

  it('gains nothing by dividing what one fit takes almost alone', () => {
    expect(workersFor([{ seconds: 60 }], { splits: 1, cores: 8 })).toBe(0)
    expect(workersFor([{ seconds: 60 }, { seconds: 0.5 }], { splits: 1, cores: 8 })).toBe(0)
  })

  it('counts an unknown cost as nothing', () => {
    expect(workersFor([{ seconds: NaN }, { seconds: 2 }], { splits: 5, cores: 4 })).toBe(3)
    expect(workersFor([{ seconds: NaN }], { splits: 5, cores: 4 })).toBe(0)
  })
})
