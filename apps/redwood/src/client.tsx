import { initClient } from 'rwsdk/client'

await initClient({
  // Tells tests that buttons work from here on.
  onHydrated: () => {
    document.documentElement.dataset['hydrated'] = ''
  },
})
